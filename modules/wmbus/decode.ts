import { crc16En13757, updateCrc } from '../codec/crc16-en13757.js'
import type { CryptoPort } from '../ports/crypto.js'
import { expandCompact } from './compact.js'
import { CI_AT, withoutChecksums } from './data-link.js'
import { ELL_PAYLOAD_AT, isCompactCi, openSession, openTransport } from './encryption.js'
import { RecordCursor } from './record-cursor.js'
import type { Signatures } from './signatures.js'
import { type ResultCode, Telegram } from './telegram.js'

export interface DecodeOptions {
  /** The meter's own key, 16 bytes. */
  readonly key: Uint8Array
  readonly crypto: CryptoPort
  /** Headers of compact frames. Nothing is learned here: what one full frame says proves nothing. */
  readonly signatures: Signatures
}

/**
 * Decodes a wireless M-Bus frame as meters send it: of format B, L first, encrypted with a session number. Every other
 * frame fails. Never throws; `bytes` stay as they are.
 */
export function decodeTelegram(bytes: Uint8Array, { key, crypto, signatures }: DecodeOptions): Telegram {
  const frame = withoutChecksums(bytes)
  if (typeof frame === 'string') return new Telegram(frame, bytes.subarray(0, CI_AT))
  const problem = openSession(frame, key, crypto)
  if (problem !== undefined) return new Telegram(problem, frame)
  const start = openTransport(frame, ELL_PAYLOAD_AT)
  if (typeof start === 'string') return new Telegram(start, frame)
  return decodeRecords(frame, frame[ELL_PAYLOAD_AT]!, start, signatures)
}

/** Decodes application data from `start` on, of which `ci` says whether they are full or compact. */
export function decodeRecords(frame: Uint8Array, ci: number, start: number, signatures: Signatures): Telegram {
  return isCompactCi(ci) ? decodeCompact(frame, ci, start, signatures) : decodeFull(frame, ci, start)
}

/** Compact frame: signature u16, checksum of the records as a full frame has them u16, values. */
function decodeCompact(frame: Uint8Array, ci: number, start: number, signatures: Signatures): Telegram {
  const values = start + 4
  if (values > frame.length) return new Telegram('truncated-header', frame, ci)
  const signature = frame[start]! | (frame[start + 1]! << 8)
  const fail = (result: ResultCode) => new Telegram(result, frame, ci, undefined, signature)
  const headers = signatures.find(signature)
  if (headers === undefined) return fail('unknown-signature')
  const records = expandCompact(headers, frame, values)
  const sum = frame[start + 2]! | (frame[start + 3]! << 8)
  const isWhole = records.length === headers.length + frame.length - values
  if (!isWhole || crc16En13757(records, 0, records.length) !== sum) return fail('data-crc')
  return new Telegram('ok', frame, ci, { bytes: records, start: 0 }, signature)
}

/** Every record of a full frame has to be whole. */
function decodeFull(frame: Uint8Array, ci: number, start: number): Telegram {
  const cursor = new RecordCursor(frame, start)
  let signature = 0
  while (cursor.next()) signature = updateCrc(signature, frame, cursor.header, cursor.value)
  if (!cursor.isComplete) return new Telegram('truncated', frame, ci)
  return new Telegram('ok', frame, ci, { bytes: frame, start }, signature ^ 0xffff)
}
