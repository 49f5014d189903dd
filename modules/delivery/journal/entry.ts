import { crc16 } from '../../codec/crc16.js'
import { unixTime } from '../../time/unix-time.js'

/*
 * An entry: marks u8, kind u8, length of the body u16, sequence u32, time u32, boot u16, CRC-16 (0xFFFF) over kind to
 * boot and the body, then the body; padded to 4 bytes. Numbers are big-endian; of a unix time these are the lowest
 * 32 bits (`unixTime`).
 */
export const ENTRY_HEADER = 16
/** Bytes of a header up to and with the length of the body. */
export const ENTRY_BEGINNING = 4
const MARKS = 0
const KIND = 1
const LENGTH = 2
const SEQUENCE = 4
const TIME = 8
const BOOT = 12
const CHECKSUM = 14

/** Bytes of the longest body; a sample is less than half of that. */
export const MAX_BODY = 512

export const Kind = Object.freeze({
  /** `time` is unix seconds. */
  Dated: 1,
  /** `time` is seconds since the power-on of the boot with this number. */
  Undated: 2,
  /** `time` is the unix time at which a boot began. This entry follows the undated entries of that boot. */
  BootTime: 3,
} as const)
export type Kind = (typeof Kind)[keyof typeof Kind]

/** Marks say what has happened to an entry. Each is a bit that falls, so that the flash takes it without an erase. */
export const Mark = Object.freeze({
  /** The entry was written to its end and read back. */
  Committed: 0x80,
  /** PUBLISH may have gone out. */
  Sent: 0x40,
  /** The broker has acknowledged PUBLISH: PUBREL may have gone out. */
  Received: 0x20,
  /** The broker has passed the message on. */
  Delivered: 0x10,
} as const)
export type Mark = (typeof Mark)[keyof typeof Mark]

export interface Entry {
  readonly kind: Kind
  readonly sequence: number
  readonly time: number
  /** Number of the boot of an undated entry or a boot time; 0 in a dated entry. */
  readonly boot: number
}

export interface StoredEntry extends Entry {
  readonly sector: number
  readonly offset: number
  /** Bytes of the body. */
  readonly length: number
  /** The marks as they are in flash: a mark that is set is a bit that is 0. */
  marks: number
}

export function hasMark(entry: StoredEntry, mark: Mark): boolean {
  return (entry.marks & mark) === 0
}

/** Bytes of an entry in flash. */
export function sizeOf(bodyLength: number): number {
  return (ENTRY_HEADER + bodyLength + 3) & ~3
}

/** The entry as it goes to flash, not yet committed. */
export function encodeEntry({ kind, sequence, time, boot }: Entry, body: Uint8Array, marks: number): Uint8Array {
  const bytes = new Uint8Array(sizeOf(body.length)).fill(0xff)
  const view = new DataView(bytes.buffer)
  view.setUint8(MARKS, marks | Mark.Committed)
  view.setUint8(KIND, kind)
  view.setUint16(LENGTH, body.length)
  view.setUint32(SEQUENCE, sequence)
  view.setUint32(TIME, time)
  view.setUint16(BOOT, boot)
  bytes.set(body, ENTRY_HEADER)
  view.setUint16(CHECKSUM, checksumOf(bytes, body))
  return bytes
}

/** Length of the body of an entry, read from the first bytes of its header; -1 unless it is committed and fits into `room` bytes. */
export function bodyLength(beginning: Uint8Array, room: number): number {
  const kind = beginning[KIND]!
  const length = (beginning[LENGTH]! << 8) | beginning[LENGTH + 1]!
  return beginning[MARKS]! & Mark.Committed || !isKind(kind) || length > MAX_BODY || sizeOf(length) > room ? -1 : length
}

/** The header of an entry; undefined unless it is committed and fits into `room` bytes. */
export function decodeHeader(view: DataView, sector: number, offset: number, room: number): StoredEntry | undefined {
  const marks = view.getUint8(MARKS)
  const kind = view.getUint8(KIND)
  const length = view.getUint16(LENGTH)
  if (marks & Mark.Committed || !isKind(kind) || length > MAX_BODY || sizeOf(length) > room) return undefined
  const sequence = view.getUint32(SEQUENCE)
  const time = kind === Kind.Undated ? view.getUint32(TIME) : unixTime(view.getUint32(TIME))
  return { sector, offset, marks, kind, length, sequence, time, boot: view.getUint16(BOOT) }
}

/** The body of an entry that was read with its header; undefined when it is damaged. */
export function bodyOf(bytes: Uint8Array): Uint8Array | undefined {
  const body = bytes.subarray(ENTRY_HEADER)
  return new DataView(bytes.buffer, bytes.byteOffset).getUint16(CHECKSUM) === checksumOf(bytes, body) ? body : undefined
}

function checksumOf(bytes: Uint8Array, body: Uint8Array): number {
  return crc16(body, 0, body.length, crc16(bytes, KIND, CHECKSUM, 0xffff))
}

function isKind(value: number): value is Kind {
  return value >= Kind.Dated && value <= Kind.BootTime
}
