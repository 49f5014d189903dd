import { fromHex, toHex } from '../codec/hex.js'
import { hasFillers, openAnyTransport, openLink, type Secrets, withoutAnyChecksums } from './any-frame.js'
import { expandCompact, headersOf } from './compact.js'
import { CI_AT, CRC_LENGTH, cutFormatB, TYPE_AT, VERSION_AT } from './data-link.js'
import { decodeRecords } from './decode.js'
import {
  COMPACT,
  decryptSession,
  ELL,
  ELL_PAYLOAD_AT,
  ELL_SESSION,
  FULL,
  isApplicationCi,
  isCompactCi,
  transportHeader,
} from './encryption.js'
import { scaleOf } from './quantities.js'
import { RecordCursor } from './record-cursor.js'
import type { Signatures } from './signatures.js'
import { type Data, type ResultCode, Telegram } from './telegram.js'
import { rawText, recordValue, type Value } from './value.js'

export interface DiagnoseOptions extends Secrets {
  /** Headers of the meter's compact frames; a full frame that passed its checks adds to them. */
  readonly signatures: Signatures
  /** Whether the receiver says that the frame's own checksums held, and has cut them off. */
  readonly isChecked?: boolean | undefined
}

/** `dll-crc-missing`: only the frame's own checksum was cut off; the payload's holds. */
export type Flag = 'dll-crc-missing'

/** One data record. Header and raw bytes in hexadecimal as they were sent. */
export interface DataRecord {
  readonly header: string
  readonly raw: string
  /** 0 instantaneous, 1 maximum, 2 minimum, 3 at error. */
  readonly function: number
  readonly storage: number
  readonly tariff: number
  readonly subunit: number
  readonly value: Value | undefined
  readonly unit: string
}

const ELL_ACC_AT = CI_AT + 2
const NO_FLAGS: readonly Flag[] = Object.freeze([])
const DLL_CRC_MISSING: readonly Flag[] = Object.freeze(['dll-crc-missing'] as const)

/** A telegram with all that only people want to see. */
export class DiagnosedTelegram extends Telegram {
  readonly flags: readonly Flag[]

  constructor({ result, frame, ci, data, signature }: Telegram, flags = NO_FLAGS) {
    super(result, frame, ci, data, signature)
    this.flags = flags
  }

  /** Three letters; empty where the frame ends before. */
  get manufacturer(): string {
    if (this.frame.length < 4) return ''
    const code = this.frame[2]! | (this.frame[3]! << 8)
    return String.fromCharCode(64 + ((code >> 10) & 31), 64 + ((code >> 5) & 31), 64 + (code & 31))
  }

  get version(): number | undefined {
    return this.frame[VERSION_AT]
  }

  get type(): number | undefined {
    return this.frame[TYPE_AT]
  }

  get accessNumber(): number | undefined {
    const ci = this.frame[CI_AT]
    if (ci === ELL || ci === ELL_SESSION) return this.frame[ELL_ACC_AT]
    const header = isApplicationCi(ci) ? transportHeader(ci, CI_AT) : undefined
    return header === undefined ? undefined : this.frame[header]
  }

  /** The records of a telegram that passed every check; else none. */
  get records(): readonly DataRecord[] {
    return this.result === 'ok' ? recordsOf(this.data!) : []
  }

  /**
   * CI of the application and the whole records of a frame that was cut. No checksum covers them, so that they may be
   * anything.
   */
  get partial(): { readonly ci: number; readonly records: readonly DataRecord[] } | undefined {
    if (this.result !== 'truncated' || this.data === undefined) return undefined
    return { ci: this.ci!, records: recordsOf(this.data) }
  }
}

/**
 * Decodes any wireless M-Bus frame, L first: of any format, encrypted or not, also one that was cut. Believes more than
 * a device may, which does not know who sent the frame. Never throws; `bytes` stay as they are.
 */
export function diagnose(bytes: Uint8Array, options: DiagnoseOptions): DiagnosedTelegram {
  const size = (bytes[0] ?? 0) + 1
  if (bytes.length < size) return diagnoseCut(bytes, options)
  // One frame of 65,536 ends with what would be its checksum.
  const hasNone = options.isChecked === true && bytes.length === size && size > CI_AT
  const frame = hasNone ? bytes.slice() : withoutAnyChecksums(bytes)
  if (typeof frame === 'string') return failed(frame, bytes.subarray(0, CI_AT))
  return diagnoseFrame(frame, hasNone || frame.length < bytes.length, options)
}

/** @param isChecked whether the frame's own checksum vouches for it */
function diagnoseFrame(frame: Uint8Array, isChecked: boolean, options: DiagnoseOptions, flags = NO_FLAGS) {
  const ciAt = openLink(frame, options)
  if (typeof ciAt === 'string') return failed(ciAt, frame)
  const start = openAnyTransport(frame, ciAt, options)
  if (typeof start === 'string') return failed(start, frame)
  const ci = frame[ciAt]!
  const isCovered = isChecked || ciAt === ELL_PAYLOAD_AT
  if (!isCovered && !isCompactCi(ci) && !hasFillers(frame, start)) return failed('dll-crc', frame, ci)
  const telegram = decodeRecords(frame, ci, start, options.signatures)
  // A frame that no checksum covers teaches nothing.
  if (isCovered) teach(telegram, options.signatures)
  return new DiagnosedTelegram(telegram, flags)
}

/** Learns the headers of a full frame; those of a compact one are known. A person sees what comes of it; a device asks for more than one frame. */
function teach({ signature, data }: Telegram, signatures: Signatures): void {
  if (data === undefined || signatures.find(signature!) !== undefined) return
  const cursor = new RecordCursor(data.bytes, data.start)
  while (cursor.next());
  if (cursor.isFixed) signatures.learn(headersOf(data.bytes, data.start))
}

/** A frame of fewer than L + 1 bytes. */
function diagnoseCut(bytes: Uint8Array, options: DiagnoseOptions): DiagnosedTelegram {
  if (bytes.length <= ELL_PAYLOAD_AT) return failed('truncated-header', bytes)
  const payloadEnd = bytes[0]! + 1 - CRC_LENGTH
  const hasSession = bytes[CI_AT] === ELL_SESSION
  if (hasSession && bytes.length >= payloadEnd) {
    const whole = diagnoseFrame(cutFormatB(bytes, payloadEnd), false, options, DLL_CRC_MISSING)
    if (whole.result !== 'payload-crc') return whole
  }
  const frame = cutFormatB(bytes, Math.min(bytes.length, payloadEnd))
  if (!hasSession) return failed('truncated', frame)
  if (options.key !== undefined) decryptSession(frame, options.key, options.crypto)
  return diagnosePartial(frame, options.signatures)
}

/** The records at the beginning of a payload that was cut, where they are those of a header that is known. */
function diagnosePartial(frame: Uint8Array, signatures: Signatures): DiagnosedTelegram {
  const ci = frame[ELL_PAYLOAD_AT]!
  const start = ELL_PAYLOAD_AT + 1
  if (ci === FULL && beginsKnownHeader(headersOf(frame, start), signatures))
    return failed('truncated', frame, ci, { bytes: frame, start })
  const values = start + 4
  if (ci === COMPACT && values <= frame.length) {
    const headers = signatures.find(frame[start]! | (frame[start + 1]! << 8))
    if (headers !== undefined)
      return failed('truncated', frame, ci, { bytes: expandCompact(headers, frame, values), start: 0 })
  }
  return failed('truncated', frame)
}

function failed(result: ResultCode, frame: Uint8Array, ci?: number, data?: Data): DiagnosedTelegram {
  return new DiagnosedTelegram(new Telegram(result, frame, ci, data))
}

/** Whether some known header begins with these bytes. */
function beginsKnownHeader(bytes: Uint8Array, signatures: Signatures): boolean {
  const headers = [
    ...signatures.learned.map(({ header }) => header),
    ...signatures.known.map(({ hex }) => fromHex(hex)!),
  ]
  return headers.some((header) => bytes.every((byte, i) => byte === header[i]))
}

function recordsOf({ bytes, start }: Data): DataRecord[] {
  const records: DataRecord[] = []
  const cursor = new RecordCursor(bytes, start)
  while (cursor.next()) {
    records.push({
      header: toHex(bytes, cursor.header, cursor.value).toUpperCase(),
      raw: rawText(cursor),
      function: cursor.function,
      storage: cursor.storage,
      tariff: cursor.tariff,
      subunit: cursor.subunit,
      value: recordValue(cursor),
      unit: scaleOf(cursor.vif)?.unit ?? '',
    })
  }
  return records
}
