import { crc16En13757 } from '../codec/crc16-en13757.js'
import type { CryptoPort } from '../ports/crypto.js'
import { CI_AT } from './data-link.js'

/** CI of the extended link layer without a session number. */
export const ELL = 0x8c
const ELL_CI_AT = CI_AT + 3
/** CI of the extended link layer (EN 13757-4) with CC, ACC, SN 4 bytes and the payload's checksum. */
export const ELL_SESSION = 0x8d
const CC_AT = 11
export const SN_AT = 13
const PAYLOAD_CRC_AT = 17
export const ELL_PAYLOAD_AT = 19

/** CI of application data: header none, short or long; as a full or as a compact frame. */
export const FULL = 0x78
const FULL_SHORT = 0x7a
const FULL_LONG = 0x72
export const COMPACT = 0x79
const COMPACT_SHORT = 0x7b
const COMPACT_LONG = 0x73

/** Bits of CC that a repeater changes. */
const REPEATER_BITS = 0x12
export const AES_CTR = 1
export const BLOCK = 16
/** Nobody writes to it: it stays in flash. */
const ZEROS = new Uint8Array(BLOCK)

/** A transport header has ACC, status and configuration u16; the long one has id, M, version and type before. */
const SHORT_HEADER = 4
const LONG_ADDRESS = 8

export function isCompactCi(ci: number | undefined): boolean {
  return ci === COMPACT || ci === COMPACT_SHORT || ci === COMPACT_LONG
}

export function isApplicationCi(ci: number | undefined): boolean {
  return ci === FULL || ci === FULL_SHORT || ci === FULL_LONG || isCompactCi(ci)
}

/**
 * Decrypts, in place, a frame that is encrypted with a session number. Anybody could have sent any other frame, at any
 * time. Returns what is wrong, and undefined where the payload's checksum holds.
 */
export function openSession(
  frame: Uint8Array,
  key: Uint8Array,
  crypto: CryptoPort,
): 'unsupported-encryption' | 'payload-crc' | undefined {
  if (frame[CI_AT] !== ELL_SESSION) return 'unsupported-encryption'
  if (frame.length <= ELL_PAYLOAD_AT) return 'payload-crc'
  if (encryptionOf(frame) !== AES_CTR) return 'unsupported-encryption'
  decryptSession(frame, key, crypto)
  return payloadHolds(frame) ? undefined : 'payload-crc'
}

/** How the session number says that the payload is encrypted: 0 not at all, 1 `AES_CTR`. */
export function encryptionOf(frame: Uint8Array): number {
  return frame[SN_AT + 3]! >> 5
}

/** Whether a frame says that it is not encrypted at all, in whatever layer. */
export function isClear(frame: Uint8Array): boolean {
  if (frame[CI_AT] === ELL_SESSION && encryptionOf(frame) !== 0) return false
  const at = applicationAt(frame)
  if (!isApplicationCi(frame[at])) return false
  const header = transportHeader(frame[at], at)
  return header === undefined || encryptionMode(frame, header) === 0
}

/** The status byte of the transport header; 0 where there is none. */
export function transportStatus(frame: Uint8Array): number {
  const at = applicationAt(frame)
  const header = isApplicationCi(frame[at]) ? transportHeader(frame[at], at) : undefined
  return header === undefined ? 0 : (frame[header + 1] ?? 0)
}

/** The offset of the application's CI, behind the extended link layer where there is one. */
function applicationAt(frame: Uint8Array): number {
  const ci = frame[CI_AT]
  return ci === ELL_SESSION ? ELL_PAYLOAD_AT : ci === ELL ? ELL_CI_AT : CI_AT
}

export function payloadHolds(frame: Uint8Array): boolean {
  const sum = frame[PAYLOAD_CRC_AT]! | (frame[PAYLOAD_CRC_AT + 1]! << 8)
  return crc16En13757(frame, ELL_PAYLOAD_AT, frame.length) === sum
}

/** AES-128-CTR over everything from the payload's checksum on; the key stream does not depend on what comes later. */
export function decryptSession(frame: Uint8Array, key: Uint8Array, crypto: CryptoPort): void {
  const counter = new Uint8Array(BLOCK)
  counter.set(frame.subarray(2, CI_AT))
  counter[8] = frame[CC_AT]! & ~REPEATER_BITS
  counter.set(frame.subarray(SN_AT, PAYLOAD_CRC_AT), 9)
  for (let start = PAYLOAD_CRC_AT; start < frame.length; start += BLOCK) {
    // One block of CBC over zeros is the block cipher itself.
    const stream = crypto.aesCbcEncrypt(key, counter, ZEROS)
    // An array of bytes passes over what is written behind its end.
    for (let i = 0; i < BLOCK; i++) frame[start + i] = frame[start + i]! ^ stream[i]!
    counter[15]!++
  }
}

/** The offset of the application's data behind the transport layer whose CI is at `ciAt`, or what is wrong. */
export function openTransport(
  frame: Uint8Array,
  ciAt: number,
): number | 'unknown-ci' | 'truncated-header' | 'unsupported-encryption' {
  const ci = frame[ciAt]
  if (!isApplicationCi(ci)) return 'unknown-ci'
  const header = transportHeader(ci, ciAt)
  if (header === undefined) return ciAt + 1
  if (header + SHORT_HEADER > frame.length) return 'truncated-header'
  return encryptionMode(frame, header) === 0 ? header + SHORT_HEADER : 'unsupported-encryption'
}

/** Offset of ACC in the transport header behind a CI; undefined where the CI has no header. */
export function transportHeader(ci: number | undefined, ciAt: number): number | undefined {
  if (ci === FULL || ci === COMPACT) return undefined
  return ci === FULL_LONG || ci === COMPACT_LONG ? ciAt + 1 + LONG_ADDRESS : ciAt + 1
}

/** The mode that the configuration of a transport header names. */
export function encryptionMode(frame: Uint8Array, header: number): number {
  return frame[header + 3]! & 0x1f
}
