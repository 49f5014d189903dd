import type { CryptoPort } from '../ports/crypto.js'
import { CI_AT, CRC_LENGTH, cutFormatB, holds, isFormatB } from './data-link.js'
import {
  AES_CTR,
  BLOCK,
  decryptSession,
  ELL,
  ELL_PAYLOAD_AT,
  ELL_SESSION,
  encryptionMode,
  encryptionOf,
  isApplicationCi,
  openTransport,
  payloadHolds,
  transportHeader,
} from './encryption.js'

export interface Secrets {
  readonly key: Uint8Array | undefined
  readonly crypto: CryptoPort
}

/** Format A has a first block of 10 bytes, then blocks of 16, and a checksum after each. */
const FIRST_BLOCK = 10

const AES_CBC_MODE = 5
/** Decrypted data of mode 5 begin with two of these. */
const FILLER = 0x2f

/**
 * A copy of a whole frame without its checksums, with L corrected; or what is wrong with the frame. A frame of L + 1
 * bytes whose checksum does not hold may have lost it before: the checksum of the next layer decides.
 */
export function withoutAnyChecksums(bytes: Uint8Array): Uint8Array | 'length-mismatch' | 'dll-crc' {
  const size = bytes[0]! + 1
  if (size <= CI_AT) return 'length-mismatch'
  if (bytes.length === size) return isFormatB(bytes) ? cutFormatB(bytes, size - CRC_LENGTH) : bytes.slice()
  return bytes.length === formatASize(size) ? (withoutFormatA(bytes, size) ?? 'dll-crc') : 'length-mismatch'
}

/** Takes off the extended link layer, decrypting in place: the offset of the next CI, or what is wrong. */
export function openLink(
  frame: Uint8Array,
  { key, crypto }: Secrets,
): number | 'unsupported-encryption' | 'no-key' | 'payload-crc' {
  const ci = frame[CI_AT]
  if (ci === ELL) return CI_AT + 3
  if (ci !== ELL_SESSION) return CI_AT
  if (frame.length <= ELL_PAYLOAD_AT) return 'payload-crc'
  // Recordings exist that were decrypted before and still say that they are encrypted.
  if (isApplicationCi(frame[ELL_PAYLOAD_AT]) && payloadHolds(frame)) return ELL_PAYLOAD_AT
  const encryption = encryptionOf(frame)
  if (encryption > AES_CTR) return 'unsupported-encryption'
  if (encryption === AES_CTR) {
    if (key === undefined) return 'no-key'
    decryptSession(frame, key, crypto)
  }
  return payloadHolds(frame) ? ELL_PAYLOAD_AT : 'payload-crc'
}

/** As `openTransport`, and decrypts mode 5 in place. */
export function openAnyTransport(
  frame: Uint8Array,
  ciAt: number,
  { key, crypto }: Secrets,
): ReturnType<typeof openTransport> | 'no-key' | 'decrypt-check' {
  const start = openTransport(frame, ciAt)
  if (start !== 'unsupported-encryption') return start
  const header = transportHeader(frame[ciAt], ciAt)!
  if (encryptionMode(frame, header) !== AES_CBC_MODE) return start
  const data = header + 4
  if (hasFillers(frame, data)) return data
  if (key === undefined) return 'no-key'
  const length = BLOCK * (frame[header + 2]! >> 4)
  if (length === 0 || data + length > frame.length) return 'decrypt-check'
  const iv = new Uint8Array(BLOCK).fill(frame[header]!)
  if (header === ciAt + 1) {
    iv.set(frame.subarray(2, CI_AT))
  } else {
    // The long header has the id before the manufacturer.
    iv.set(frame.subarray(ciAt + 5, ciAt + 7))
    iv.set(frame.subarray(ciAt + 1, ciAt + 5), 2)
    iv.set(frame.subarray(ciAt + 7, ciAt + 9), 6)
  }
  frame.set(crypto.aesCbcDecrypt(key, iv, frame.slice(data, data + length)), data)
  return hasFillers(frame, data) ? data : 'decrypt-check'
}

/** Whether data begin as those of mode 5 do when the key was right. */
export function hasFillers(frame: Uint8Array, at: number): boolean {
  return frame[at] === FILLER && frame[at + 1] === FILLER
}

/** The bytes of a frame of this size in format A. */
export function formatASize(size: number): number {
  return size + CRC_LENGTH * (1 + Math.ceil((size - FIRST_BLOCK) / BLOCK))
}

function withoutFormatA(bytes: Uint8Array, size: number): Uint8Array | undefined {
  const frame = new Uint8Array(size)
  let from = 0
  for (let to = 0; to < size; ) {
    const length = to === 0 ? FIRST_BLOCK : Math.min(BLOCK, size - to)
    if (!holds(bytes, from, from + length)) return undefined
    frame.set(bytes.subarray(from, from + length), to)
    from += length + CRC_LENGTH
    to += length
  }
  return frame
}
