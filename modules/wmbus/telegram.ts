import { toHex } from '../codec/hex.js'
import {
  COMPACT_LONG,
  COMPACT_SHORT,
  ELL,
  ELL_ACC_AT,
  ELL_SESSION,
  FULL_LONG,
  FULL_SHORT,
  isCompactCi,
  SN_AT,
} from './encryption.js'
import { CI_AT, manufacturerOf, meterIdOf, TYPE_AT, VERSION_AT } from './link.js'
import { scaleOf } from './quantities.js'
import { RecordCursor } from './record-cursor.js'
import { matches, type RecordKey } from './record-key.js'
import { rawText, recordValue, type Value } from './value.js'

/** `ok`, or the first check that failed, in this order of layers. */
export type ResultCode =
  | 'ok'
  | 'truncated-header'
  | 'length-mismatch'
  | 'dll-crc'
  | 'no-key'
  | 'unsupported-encryption'
  | 'payload-crc'
  | 'unknown-ci'
  | 'unknown-signature'
  | 'data-crc'
  | 'decrypt-check'
  | 'truncated'

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

/** The records of a telegram, in the form of a full frame: the bytes from `start` on. */
export interface Data {
  readonly bytes: Uint8Array
  readonly start: number
}

const NO_FLAGS: readonly Flag[] = Object.freeze([])

/** What `decodeTelegram` makes of a frame. Nothing is computed before it is asked for. */
export class Telegram {
  readonly result: ResultCode
  readonly flags: readonly Flag[]
  #frame: Uint8Array
  #ci: number | undefined
  #data: Data | undefined

  /**
   * @param frame without checksums, decrypted as far as it went; less where it was cut
   * @param ci of the application; undefined where the decoder did not get that far
   */
  constructor(result: ResultCode, frame: Uint8Array, ci?: number, data?: Data, flags = NO_FLAGS) {
    this.result = result
    this.flags = flags
    this.#frame = frame
    this.#ci = ci
    this.#data = data
  }

  /** Three letters; empty where the frame ends before. */
  get manufacturer(): string {
    return manufacturerOf(this.#frame)
  }

  /** Eight digits; empty where the frame ends before. */
  get id(): string {
    const id = meterIdOf(this.#frame)
    return id === undefined ? '' : id.toString(16).padStart(8, '0').toUpperCase()
  }

  get version(): number | undefined {
    return this.#frame[VERSION_AT]
  }

  get type(): number | undefined {
    return this.#frame[TYPE_AT]
  }

  /** Manufacturer, version and type as one number, 0x2C2D1F16; undefined where the frame ends before. */
  get model(): number | undefined {
    const frame = this.#frame
    if (frame.length <= TYPE_AT) return undefined
    return ((frame[2]! << 16) | (frame[3]! << 24) | (frame[VERSION_AT]! << 8) | frame[TYPE_AT]!) >>> 0
  }

  get accessNumber(): number | undefined {
    switch (this.#frame[CI_AT]) {
      case ELL:
      case ELL_SESSION:
        return this.#frame[ELL_ACC_AT]
      case FULL_SHORT:
      case COMPACT_SHORT:
        return this.#frame[CI_AT + 1]
      case FULL_LONG:
      case COMPACT_LONG:
        return this.#frame[CI_AT + 9]
    }
    return undefined
  }

  /** SN: with the meter's number it names one telegram. Bits 31..29 encryption, 28..4 minutes, 3..0 frame. */
  get sessionNumber(): number | undefined {
    const frame = this.#frame
    if (frame[CI_AT] !== ELL_SESSION || frame.length < SN_AT + 4) return undefined
    return (frame[SN_AT]! | (frame[SN_AT + 1]! << 8) | (frame[SN_AT + 2]! << 16) | (frame[SN_AT + 3]! << 24)) >>> 0
  }

  /** Whether the values came without their headers. */
  get isCompact(): boolean {
    return isCompactCi(this.#ci)
  }

  /** The records of a telegram that passed every check; else none. */
  get records(): readonly DataRecord[] {
    return this.result === 'ok' ? recordsOf(this.#data!) : []
  }

  /**
   * Of a frame that was cut: CI of the application and the whole records that are there. No checksum covers them, so
   * that they may be anything: for diagnosis only.
   */
  get partial(): { readonly ci: number; readonly records: readonly DataRecord[] } | undefined {
    if (this.result !== 'truncated' || this.#data === undefined) return undefined
    return { ci: this.#ci!, records: recordsOf(this.#data) }
  }

  /** A cursor at the first record that the key means; undefined where a telegram that passed every check has none. */
  find(key: RecordKey): RecordCursor | undefined {
    if (this.result !== 'ok') return undefined
    const cursor = new RecordCursor(this.#data!.bytes, this.#data!.start)
    while (cursor.next()) if (matches(key, cursor)) return cursor
    return undefined
  }
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
