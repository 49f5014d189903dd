import { Vw1871Parser } from '../modules/ble/vw1871.js'
import { fromHex } from '../modules/codec/hex.js'

/** A telegram as a receiver wrote it. */
export interface LineTelegram {
  /** The frame, L first, with or without its checksums. */
  readonly bytes: Uint8Array
  /** dBm; of rtl-wmbus a number without a unit. Undefined where the line does not say. */
  readonly rssi?: number | undefined
  /** As the line has it. */
  readonly time?: string | undefined
  /** Whether the receiver says that the frame's own checksums held. It has cut them off. */
  readonly isChecked?: boolean
}

/** First byte of a concentrator's record; no telegram is as long as that. */
const RECORD_SYNC = 0xfb
/** First byte of a frame of the host interface of an iM871A. */
const HCI_SYNC = 0xa5
const HCI_RADIO_LINK = 2
const HCI_TELEGRAM = 3
const HCI_HEADER = 4

/** The telegrams in bytes that are known to be some: a frame, an iM871A's frame around it, or a concentrator's records. */
export function ofBytes(bytes: Uint8Array, facts: Omit<LineTelegram, 'bytes'> = {}): LineTelegram[] {
  if (bytes.length === 0) return []
  if (bytes[0] === RECORD_SYNC) return ofRecords(bytes)
  return [ofHci(bytes) ?? { bytes, ...facts }]
}

/** The bytes of hexadecimal digits with `0x` before and blanks or `_` between them; undefined for anything else. */
export function hexBytes(text: string): Uint8Array | undefined {
  return fromHex(text.replace(/^\s*0[xX]|[\s_]+/g, ''))
}

/** The bytes of a run of digits, whatever is between them. A last digit without its second is left out. */
export function bytesOfRun(run: string): Uint8Array {
  const bare = fromHex(run)
  if (bare !== undefined) return bare
  const digits = run.replace(/0[xX]|[^0-9A-Fa-f]+/g, '')
  return fromHex(digits.length % 2 === 0 ? digits : digits.slice(0, -1))!
}

/** rtl_433 checks the checksums. It replaces the last one of format B by zeros and leaves L as it was. */
export function ofRtl433(bytes: Uint8Array): LineTelegram {
  const end = bytes.length - 2
  const isB = bytes.length === bytes[0]! + 1 && bytes[end] === 0 && bytes[end + 1] === 0
  if (!isB) return { bytes, isChecked: true }
  const frame = bytes.slice(0, end)
  frame[0] = end - 1
  return { bytes: frame, isChecked: true }
}

/**
 * A telegram in a frame of the host interface of an iM871A: sync, flags and endpoint, message, length, the telegram
 * without L and checksums, and what the flags name: time of 4 bytes, RSSI, CRC of 2 bytes.
 */
export function ofHci(bytes: Uint8Array): LineTelegram | undefined {
  if (bytes[0] !== HCI_SYNC || bytes.length < HCI_HEADER) return undefined
  const flags = bytes[1]! >> 4
  const length = bytes[3]!
  const end = HCI_HEADER + length
  const rssiAt = end + (flags & 2 ? 4 : 0)
  const size = rssiAt + (flags & 4 ? 1 : 0) + (flags & 8 ? 2 : 0)
  if ((bytes[1]! & 15) !== HCI_RADIO_LINK || bytes[2] !== HCI_TELEGRAM || bytes.length !== size) return undefined
  const rssi = flags & 4 ? Math.min(0, -100 + (bytes[rssiAt]! - 45) / 2) : undefined
  return { bytes: Uint8Array.of(length, ...bytes.subarray(HCI_HEADER, end)), rssi, isChecked: true }
}

function ofRecords(stream: Uint8Array): LineTelegram[] {
  const telegrams: LineTelegram[] = []
  const parser = new Vw1871Parser({
    onRecord: (record) => telegrams.push({ bytes: record.frame(), rssi: record.rssi }),
    onBattery() {},
  })
  parser.push(stream)
  while (parser.waiting) parser.idle()
  return telegrams
}
