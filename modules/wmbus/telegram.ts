import { CI_AT, meterIdOf, TYPE_AT, VERSION_AT } from './data-link.js'
import { ELL_SESSION, isCompactCi, SN_AT, transportStatus } from './encryption.js'
import { RecordCursor } from './record-cursor.js'
import { matches, type RecordKey } from './record-key.js'

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

/** The records of a telegram, in the form of a full frame: the bytes from `start` on. */
export interface Data {
  readonly bytes: Uint8Array
  readonly start: number
}

/** A decoded frame. Nothing is computed before it is asked for. */
export class Telegram {
  readonly result: ResultCode
  /** The frame without checksums, decrypted as far as the decoder got; less where it was cut. */
  readonly frame: Uint8Array
  /** CI of the application; undefined where the decoder did not get that far. */
  readonly ci: number | undefined
  readonly data: Data | undefined
  /** Checksum of the headers; undefined where the decoder did not get that far. */
  readonly signature: number | undefined

  constructor(result: ResultCode, frame: Uint8Array, ci?: number, data?: Data, signature?: number) {
    this.result = result
    this.frame = frame
    this.ci = ci
    this.data = data
    this.signature = signature
  }

  /** Eight digits; empty where the frame ends before. */
  get id(): string {
    const id = meterIdOf(this.frame)
    return id === undefined ? '' : id.toString(16).padStart(8, '0').toUpperCase()
  }

  /** Manufacturer, version and type as one number, 0x2C2D1F16; undefined where the frame ends before. */
  get model(): number | undefined {
    const { frame } = this
    if (frame.length <= TYPE_AT) return undefined
    return ((frame[3]! << 24) | (frame[2]! << 16) | (frame[VERSION_AT]! << 8) | frame[TYPE_AT]!) >>> 0
  }

  /** SN: with the meter's number it names one telegram. Bits 31..29 encryption, 28..4 minutes, 3..0 frame. */
  get sessionNumber(): number | undefined {
    const { frame } = this
    if (frame[CI_AT] !== ELL_SESSION || frame.length < SN_AT + 4) return undefined
    return (frame[SN_AT]! | (frame[SN_AT + 1]! << 8) | (frame[SN_AT + 2]! << 16) | (frame[SN_AT + 3]! << 24)) >>> 0
  }

  /** Whether the values came without their headers. */
  get isCompact(): boolean {
    return isCompactCi(this.ci)
  }

  /** Status byte of the transport layer (EN 13757-7); 0 where there is none. */
  get transportStatus(): number {
    return transportStatus(this.frame)
  }

  /** A cursor at the first record that the key means; undefined where a telegram that passed every check has none. */
  find(key: RecordKey): RecordCursor | undefined {
    if (this.result !== 'ok') return undefined
    const cursor = new RecordCursor(this.data!.bytes, this.data!.start)
    while (cursor.next()) if (matches(key, cursor)) return cursor
    return undefined
  }
}
