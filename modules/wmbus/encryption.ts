import { crc16En13757 } from '../codec/crc16-en13757.js'
import type { CryptoPort } from '../ports/crypto.js'
import { CI_AT } from './link.js'

export interface Secrets {
  readonly key: Uint8Array | undefined
  readonly crypto: CryptoPort
  /** What is not encrypted with a session number could be anybody's, and old: on the air nothing else is taken. */
  readonly onlyEncrypted?: boolean
}

/** Extended link layer (EN 13757-4): CI, CC, ACC, and with a session number SN 4 bytes and the payload's checksum. */
export const ELL = 0x8c
export const ELL_SESSION = 0x8d
const CC_AT = 11
export const ELL_ACC_AT = 12
export const SN_AT = 13
export const PAYLOAD_CRC_AT = 17
export const ELL_PAYLOAD_AT = 19

/** CI of application data: header none, short or long; as a full or as a compact frame. */
export const FULL = 0x78
export const FULL_SHORT = 0x7a
export const FULL_LONG = 0x72
export const COMPACT = 0x79
export const COMPACT_SHORT = 0x7b
export const COMPACT_LONG = 0x73

/** Bits of CC that a repeater changes. */
const REPEATER_BITS = 0x12
const AES_CTR = 1
const AES_CBC_MODE = 5
const BLOCK = 16
/** What decrypted data of mode 5 begins with, twice. */
const FILLER = 0x2f

export function isCompactCi(ci: number | undefined): boolean {
  return ci === COMPACT || ci === COMPACT_SHORT || ci === COMPACT_LONG
}

function isApplicationCi(ci: number | undefined): boolean {
  return ci === FULL || ci === FULL_SHORT || ci === FULL_LONG || isCompactCi(ci)
}

/** Takes off the extended link layer, decrypting in place: the offset of the next CI, or what is wrong. */
export function openLink(
  frame: Uint8Array,
  secrets: Secrets,
): number | 'unsupported-encryption' | 'no-key' | 'payload-crc' {
  const ci = frame[CI_AT]
  if (secrets.onlyEncrypted && ci !== ELL_SESSION) return 'unsupported-encryption'
  if (ci === ELL) return CI_AT + 3
  if (ci !== ELL_SESSION) return CI_AT
  if (frame.length <= ELL_PAYLOAD_AT) return 'payload-crc'
  const encryption = frame[SN_AT + 3]! >> 5
  // Recordings exist that were decrypted before and still say that they are encrypted.
  if (!secrets.onlyEncrypted && isApplicationCi(frame[ELL_PAYLOAD_AT]) && holds(frame)) return ELL_PAYLOAD_AT
  if (encryption > AES_CTR || (secrets.onlyEncrypted && encryption !== AES_CTR)) return 'unsupported-encryption'
  if (encryption === AES_CTR) {
    if (secrets.key === undefined) return 'no-key'
    decryptSession(frame, secrets.key, secrets.crypto)
  }
  return holds(frame) ? ELL_PAYLOAD_AT : 'payload-crc'
}

function holds(frame: Uint8Array): boolean {
  const sum = frame[PAYLOAD_CRC_AT]! | (frame[PAYLOAD_CRC_AT + 1]! << 8)
  return crc16En13757(frame, ELL_PAYLOAD_AT, frame.length) === sum
}

/** AES-128-CTR over everything from the payload's checksum on; the key stream does not depend on what comes later. */
export function decryptSession(frame: Uint8Array, key: Uint8Array, crypto: CryptoPort): void {
  const counter = new Uint8Array(BLOCK)
  counter.set(frame.subarray(2, CI_AT))
  counter[8] = frame[CC_AT]! & ~REPEATER_BITS
  counter.set(frame.subarray(SN_AT, PAYLOAD_CRC_AT), 9)
  const zeros = new Uint8Array(BLOCK)
  for (let start = PAYLOAD_CRC_AT; start < frame.length; start += BLOCK) {
    // One block of CBC over zeros is the block cipher itself.
    const stream = crypto.aesCbcEncrypt(key, counter, zeros)
    const length = Math.min(BLOCK, frame.length - start)
    for (let i = 0; i < length; i++) frame[start + i] = frame[start + i]! ^ stream[i]!
    counter[15]!++
  }
}

/**
 * Takes off the transport layer whose CI is at this offset, decrypting in place: the offset of the application's data,
 * or what is wrong.
 */
export function openTransport(
  frame: Uint8Array,
  ciAt: number,
  secrets: Secrets,
): number | 'unknown-ci' | 'truncated-header' | 'unsupported-encryption' | 'no-key' | 'decrypt-check' {
  const ci = frame[ciAt]
  if (!isApplicationCi(ci)) return 'unknown-ci'
  if (ci === FULL || ci === COMPACT) return ciAt + 1
  // Long: id 4 bytes, M, version, type. Both: ACC, status, configuration u16.
  const address = ci === FULL_LONG || ci === COMPACT_LONG ? ciAt + 1 : undefined
  const header = address === undefined ? ciAt + 1 : address + 8
  const data = header + 4
  if (data > frame.length) return 'truncated-header'
  const mode = frame[header + 3]! & 0x1f
  if (mode === 0) return data
  if (mode !== AES_CBC_MODE) return 'unsupported-encryption'
  if (hasFillers(frame, data)) return data
  if (secrets.key === undefined) return 'no-key'
  const length = BLOCK * (frame[header + 2]! >> 4)
  if (length === 0 || data + length > frame.length) return 'decrypt-check'
  const iv = new Uint8Array(BLOCK).fill(frame[header]!)
  if (address === undefined) {
    iv.set(frame.subarray(2, CI_AT))
  } else {
    // The long header has the id before the manufacturer.
    iv.set(frame.subarray(address + 4, address + 6))
    iv.set(frame.subarray(address, address + 4), 2)
    iv.set(frame.subarray(address + 6, address + 8), 6)
  }
  frame.set(secrets.crypto.aesCbcDecrypt(secrets.key, iv, frame.slice(data, data + length)), data)
  return hasFillers(frame, data) ? data : 'decrypt-check'
}

/** Whether data begin as those of mode 5 do when the key was right. */
export function hasFillers(frame: Uint8Array, at: number): boolean {
  return frame[at] === FILLER && frame[at + 1] === FILLER
}
