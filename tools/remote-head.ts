import { HEAD, type Manifest } from '../modules/update/manifest.js'
import { NegativeResult } from './errors.js'
import { manifestIn } from './signed-file.js'

const TIMEOUT = 20_000

/** Reads the head of the signed file at an address, as a device does. Throws `NegativeResult` where a device would not get it. */
export async function readHead(url: string): Promise<Manifest> {
  const wrong = (reason: string) => new NegativeResult(`${url}: ${reason}`)
  const { status, range, head } = await fetchHead(url).catch((error: Error) => {
    throw wrong(error.cause instanceof Error ? error.cause.message : error.message)
  })
  if (status === 200) throw wrong('the server sends no ranges, which the devices ask for')
  if (status !== 206) throw wrong(`HTTP ${status}`)
  const manifest = manifestIn(head)
  if (!manifest.ok) throw wrong(manifest.error)
  const expected = `bytes 0-${HEAD - 1}/${HEAD + manifest.value.length}`
  if (range !== expected) throw wrong(`expected the range ${expected}, got ${range}`)
  return manifest.value
}

async function fetchHead(url: string): Promise<{ status: number; range: string | null; head: Uint8Array }> {
  const { status, headers, body } = await fetch(url, {
    headers: { Range: `bytes=0-${HEAD - 1}` },
    // The devices follow none.
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT),
  })
  const head = new Uint8Array(HEAD)
  let length = 0
  for await (const part of body ?? []) {
    const piece = (part as Uint8Array).subarray(0, HEAD - length)
    head.set(piece, length)
    length += piece.length
    if (length === HEAD) break
  }
  return { status, range: headers.get('content-range'), head: head.subarray(0, length) }
}
