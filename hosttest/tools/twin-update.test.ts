// node only
import { equal, match } from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Flaw, makeImage } from '../../twin/image.js'
import { commandLine } from '../support/cli.js'
import { Lines } from '../support/lines.js'
import { signed, UPDATE_KEY_PEM } from '../support/update.js'

describe('meterlogger twin --update-key', () => {
  const { start, meterlogger } = commandLine()
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-update-'))
  const key = join(folder, 'public.pem')
  const files = new Map<string, Uint8Array>()
  let server: Server
  let url = ''

  before(async () => {
    writeFileSync(key, UPDATE_KEY_PEM)
    server = createServer(({ url: path = '', headers }, response) => {
      const file = files.get(path)
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? []
      if (file === undefined || from === undefined) return void response.writeHead(404).end()
      const part = file.subarray(Number(from), Number(to) + 1)
      const range = `bytes ${from}-${Number(from) + part.length - 1}/${file.length}`
      response.writeHead(206, { 'Content-Range': range, 'Content-Length': part.length }).end(part)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })

  after(() => {
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true })
  })

  /** A twin that is online. */
  async function online(state: string) {
    const child = start('twin', '--update-key', key, '--state', join(folder, state), '--speed', '20')
    const lines = new Lines(child.stdout)
    await lines.find(/\/status\//)
    const stop = async () => {
      child.kill('SIGTERM')
      await once(child, 'close')
    }
    return { lines, stop, type: (text: string) => void child.stdin.write(`${text}\n`) }
  }

  it('fetches a signed image, runs it, and still does after the next start', async () => {
    files.set('/new', signed(makeImage({ version: '0.2.0', size: 30_000 })))
    let twin = await online('good')
    twin.type(`update version=0.2.0&url=${url}/new`)
    await twin.lines.find(/state=good/)
    await twin.stop()
    twin = await online('good')
    await twin.lines.find(/\/version\/.*0\.2\.0/)
    await twin.stop()
  })

  it('goes back from an image that crashes', async () => {
    files.set('/bad', signed(makeImage({ version: '0.3.0', flaw: Flaw.Crash })))
    const twin = await online('bad')
    twin.type(`update version=0.3.0&url=${url}/bad`)
    match(await twin.lines.find(/state=rolled_back/), /reason=./)
    await twin.stop()
  })

  it('takes no private key', async () => {
    writeFileSync(join(folder, 'private.pem'), '-----BEGIN PRIVATE KEY-----\n')
    const { code, err } = await meterlogger(['twin', '--update-key', join(folder, 'private.pem')])
    equal(code, 2)
    match(err, /private key/)
  })
})
