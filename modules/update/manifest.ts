import { hasOnly } from '../codec/characters.js'
import { fromHex } from '../codec/hex.js'
import { failure, type Result, success } from '../codec/result.js'
import { decodeUtf8 } from '../codec/utf8.js'
import type { VerifierPort } from '../ports/verifier.js'

/*
 * A signed file is a head of 512 bytes and the image, unchanged. The head has these lines, each ended by a line feed, and
 * line feeds up to its end:
 *
 *   METERLOGGER UPDATE 1
 *   project=xs_esp32
 *   chip=esp32
 *   variant=daughterboard-ble
 *   version=0.2.0
 *   length=1234567
 *   sha256=<64 hex digits, of the image>
 *   signature=<128 hex digits: r and s of ECDSA P-256 with SHA-256 over the lines above>
 *
 * The fields stand in this order, numbers have no leading zeros and hex digits are lower-case: one update has one head.
 */

/** Bytes before the image. */
export const HEAD = 512

const LF = 0x0a

/** Project, chip, variant and version are short words. */
const WORD = '09AZaz__..--'
const LONGEST_WORD = 31

/** What a line begins with, the characters of its value, and how many these are at least and at most. Line by line, because the whole head as one text would take 6 kB to make. */
const LINES = Object.freeze([
  Object.freeze(['METERLOGGER UPDATE 1', '', 0, 0] as const),
  Object.freeze(['project=', WORD, 1, LONGEST_WORD] as const),
  Object.freeze(['chip=', WORD, 1, LONGEST_WORD] as const),
  Object.freeze(['variant=', WORD, 1, LONGEST_WORD] as const),
  Object.freeze(['version=', `${WORD}++`, 1, LONGEST_WORD] as const),
  Object.freeze(['length=', '09', 1, 9] as const),
  Object.freeze(['sha256=', '09af', 64, 64] as const),
  Object.freeze(['signature=', '09af', 128, 128] as const),
] as const)

/** The order of P-256's group (SEC 2, 2.4.2). */
const ORDER = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'
const ZERO = '0'.repeat(64)

/** What an image is and for which boards. */
export interface Manifest {
  /** The project's name in the image's descriptor (ESP-IDF, esp_app_desc.h). */
  readonly project: string
  readonly chip: string
  /** The manifest that it was built from; `none` where the image does not say. */
  readonly variant: string
  readonly version: string
  /** Bytes of the image. */
  readonly length: number
  /** SHA-256 of the image, 64 hex digits. */
  readonly sha256: string
}

/**
 * The manifest of a signed file's head, when the key's owner has signed it.
 * @param publicKey the point's x and y, 64 bytes
 */
export function openHead(head: Uint8Array, publicKey: Uint8Array, verifier: VerifierPort): Result<Manifest> {
  const values: string[] = []
  let start = 0
  let end = 0
  if (head.length !== HEAD) return failure('no signed update')
  for (const [name, characters, least, most] of LINES) {
    start = end
    // Without a line feed this is 0, and the line empty.
    end = head.indexOf(LF, start) + 1
    const line = decodeUtf8(head, start, end - 1)
    const value = line.slice(name.length)
    if (!line.startsWith(name) || value.length < least || value.length > most || !hasOnly(value, characters))
      return failure('no signed update')
    values.push(value)
  }
  for (let at = end; at < HEAD; at++) if (head[at] !== LF) return failure('no signed update')
  const [, project, chip, variant, version, length, sha256, signature] = values as unknown as readonly string[]
  if (length!.startsWith('0')) return failure('no signed update')
  if (!isScalar(signature!.slice(0, 64)) || !isScalar(signature!.slice(64))) return failure('bad signature')
  if (!verifier.verify(publicKey, head.subarray(0, start), fromHex(signature!)!)) return failure('bad signature')
  return success({
    project: project!,
    chip: chip!,
    variant: variant!,
    version: version!,
    length: Number(length),
    sha256: sha256!,
  })
}

/** From 1 to the order less 1 (FIPS 186-5, 6.4.2). With an s of 0 the SDK's own check never ends (xsBigIntEx.c:189). */
function isScalar(digits: string): boolean {
  return digits > ZERO && digits < ORDER
}
