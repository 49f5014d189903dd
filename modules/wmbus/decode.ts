import { crc16En13757, updateCrc } from '../codec/crc16-en13757.js'
import { expandCompact, headersOf } from './compact.js'
import {
  COMPACT,
  decryptSession,
  ELL_PAYLOAD_AT,
  ELL_SESSION,
  FULL,
  hasFillers,
  isCompactCi,
  openLink,
  openTransport,
  type Secrets,
} from './encryption.js'
import { CI_AT, type FrameFormat, withoutChecksums, withoutFormatB } from './link.js'
import { RecordCursor } from './record-cursor.js'
import type { Signatures } from './signatures.js'
import { type Flag, type ResultCode, Telegram } from './telegram.js'

export interface DecodeOptions extends Secrets {
  /** Headers of the meter's compact frames; a verified full frame adds to them. */
  readonly signatures: Signatures
  /** Which checksums the frame is known to have; any, or none, without it. */
  readonly format?: FrameFormat
}

const FORMAT_B_CRC = 2
const ADDRESS_END = CI_AT
const DLL_CRC_MISSING: readonly Flag[] = Object.freeze(['dll-crc-missing'] as const)

/** Decodes a wireless M-Bus frame, L first. Never throws; `bytes` stay as they are. */
export function decodeTelegram(bytes: Uint8Array, options: DecodeOptions): Telegram {
  if (bytes.length <= (bytes[0] ?? 0)) return decodeCut(bytes, options)
  const frame = withoutChecksums(bytes, options.format ?? 'any')
  if (typeof frame === 'string') return new Telegram(frame, bytes.subarray(0, ADDRESS_END))
  return decodeFrame(frame, frame.length < bytes.length, options)
}

/** @param isChecked whether the frame's own checksum vouches for it */
function decodeFrame(frame: Uint8Array, isChecked: boolean, options: DecodeOptions, flags?: readonly Flag[]): Telegram {
  const ciAt = openLink(frame, options)
  if (typeof ciAt === 'string') return new Telegram(ciAt, frame)
  const start = openTransport(frame, ciAt, options)
  if (typeof start === 'string') return new Telegram(start, frame)
  const ci = frame[ciAt]!
  if (isCompactCi(ci)) return decodeCompact(frame, ci, start, options.signatures, flags)
  const isCovered = isChecked || ciAt === ELL_PAYLOAD_AT
  if (!isCovered && !hasFillers(frame, start)) return new Telegram('dll-crc', frame, ci)
  const result = checkFull(frame, start, isCovered, options.signatures)
  return new Telegram(result, frame, ci, result === 'ok' ? { bytes: frame, start } : undefined, flags)
}

/** Compact frame: signature u16, checksum of the records as a full frame has them u16, values. */
function decodeCompact(
  frame: Uint8Array,
  ci: number,
  start: number,
  signatures: Signatures,
  flags: readonly Flag[] | undefined,
): Telegram {
  const fail = (result: ResultCode) => new Telegram(result, frame, ci)
  const values = start + 4
  if (values > frame.length) return fail('truncated-header')
  const headers = signatures.find(frame[start]! | (frame[start + 1]! << 8))
  if (headers === undefined) return fail('unknown-signature')
  const records = expandCompact(headers, frame, values)
  const sum = frame[start + 2]! | (frame[start + 3]! << 8)
  if (records === undefined || crc16En13757(records, 0, records.length) !== sum) return fail('data-crc')
  return new Telegram('ok', frame, ci, { bytes: records, start: 0 }, flags)
}

/** Whether every record is whole; one that a checksum covers teaches its signature. */
function checkFull(frame: Uint8Array, start: number, isCovered: boolean, signatures: Signatures): ResultCode {
  const cursor = new RecordCursor(frame, start)
  let signature = 0
  while (cursor.next()) signature = updateCrc(signature, frame, cursor.header, cursor.value)
  if (!cursor.isComplete) return 'truncated'
  if (isCovered && cursor.isFixed && signatures.find(signature ^ 0xffff) === undefined)
    signatures.learn(headersOf(frame, start))
  return 'ok'
}

/** A frame of fewer than L + 1 bytes. */
function decodeCut(bytes: Uint8Array, options: DecodeOptions): Telegram {
  if (bytes.length <= ELL_PAYLOAD_AT) return new Telegram('truncated-header', bytes)
  const payloadEnd = bytes[0]! + 1 - FORMAT_B_CRC
  const hasSession = bytes[CI_AT] === ELL_SESSION
  if (hasSession && bytes.length >= payloadEnd) {
    const whole = decodeFrame(withoutFormatB(bytes, payloadEnd), false, options, DLL_CRC_MISSING)
    if (whole.result !== 'payload-crc') return whole
  }
  const frame = withoutFormatB(bytes, Math.min(bytes.length, payloadEnd))
  if (!hasSession) return new Telegram('truncated', frame)
  if (options.key !== undefined) decryptSession(frame, options.key, options.crypto)
  return decodePartial(frame, options.signatures)
}

/** The records at the beginning of a payload that was cut, where they are those of a header that is known. */
function decodePartial(frame: Uint8Array, signatures: Signatures): Telegram {
  const ci = frame[ELL_PAYLOAD_AT]!
  const start = ELL_PAYLOAD_AT + 1
  if (ci === FULL && signatures.hasPrefix(headersOf(frame, start)))
    return new Telegram('truncated', frame, ci, { bytes: frame, start })
  const values = start + 4
  if (ci === COMPACT && values <= frame.length) {
    const headers = signatures.find(frame[start]! | (frame[start + 1]! << 8))
    const bytes = headers && expandCompact(headers, frame, values, true)
    if (bytes !== undefined) return new Telegram('truncated', frame, ci, { bytes, start: 0 })
  }
  return new Telegram('truncated', frame)
}
