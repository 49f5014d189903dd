export const INSTANTANEOUS = 0
export const MAXIMUM = 1
export const MINIMUM = 2
export const AT_ERROR = 3

/** Data field codes of a DIF (EN 13757-3, table 4): bytes of the value. Variable length and special functions have none. */
const SIZES: readonly number[] = Object.freeze([0, 1, 2, 3, 4, 4, 6, 8, 0, 1, 2, 3, 4, -1, 6, -1])
const VARIABLE = 0x0d
const FILLER = 0x2f
const MANUFACTURER_DATA = 0x0f
const MORE_RECORDS_FOLLOW = 0x1f
const MAX_DIFE = 10
/** More VIFE than any record in use has; the number made of them stays exact. */
const MAX_VIFE = 5

/** VIF codes above 0x7F: an extension table's byte and the code in that table. */
const EXTENSION_TABLES = Object.freeze([0xfb, 0xfd, 0xff])

/**
 * Goes over data records (EN 13757-3): DIF, DIFE, VIF, VIFE, value. One object for all records of a telegram; it
 * describes the record that `next` has reached.
 */
export class RecordCursor {
  readonly bytes: Uint8Array
  readonly end: number
  #at: number

  /** Offset of the DIF, and of the value behind the last VIFE. */
  header = 0
  value = 0
  /** Bytes of the value. */
  size = 0
  /** Data field code of the DIF: how the value is coded. */
  coding = 0
  function = INSTANTANEOUS
  storage = 0
  tariff = 0
  subunit = 0
  /** VIF without its extension bit; with extension table, 0xFB00, 0xFD00 or 0xFF00 more. */
  vif = 0
  /** The VIFE as one big-endian number; 0 for none. */
  modifier = 0

  /** Why `next` stopped: everything was read, or the last record is cut or not understood. */
  complete = false
  /** Whether every value's length follows from its header, so that compact frames can leave the headers out. */
  isFixed = true

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes
    this.#at = start
    this.end = end
  }

  /** Goes to the next whole record; false at the end. */
  next(): boolean {
    while (this.#at < this.end && this.bytes[this.#at] === FILLER) this.#at++
    if (this.#at >= this.end) {
      this.complete = true
      return false
    }
    const dif = this.bytes[this.#at]!
    if (dif === MANUFACTURER_DATA || dif === MORE_RECORDS_FOLLOW) {
      this.complete = true
      this.isFixed = false
      return false
    }
    if (!this.nextHeader()) return false
    if (this.coding === VARIABLE) {
      this.isFixed = false
      this.size = this.value < this.end ? variableSize(this.bytes[this.value]!) : -1
    }
    if (this.size < 0 || this.value + this.size > this.end) return false
    this.#at = this.value + this.size
    return true
  }

  /** Goes to the next header where headers follow each other without values; false at the end. */
  nextHeader(): boolean {
    const { bytes, end } = this
    let at = this.#at
    if (at >= end) return false
    this.header = at
    let byte = bytes[at++]!
    this.coding = byte & 15
    this.size = SIZES[this.coding]!
    this.function = (byte >> 4) & 3
    this.storage = (byte >> 6) & 1
    this.tariff = 0
    this.subunit = 0
    for (let n = 0; byte & 0x80; n++) {
      if (at >= end || n === MAX_DIFE) return false
      byte = bytes[at++]!
      this.storage += (byte & 15) * 2 ** (1 + 4 * n)
      this.tariff += ((byte >> 4) & 3) * 4 ** n
      this.subunit += ((byte >> 6) & 1) * 2 ** n
    }
    if (at >= end) return false
    byte = bytes[at++]!
    let vif = byte & 0x7f
    if (byte & 0x80 && EXTENSION_TABLES.includes(byte)) {
      if (at >= end) return false
      vif = byte << 8
      byte = bytes[at++]!
      vif |= byte & 0x7f
    }
    this.vif = vif
    let modifier = 0
    for (let n = 0; byte & 0x80; n++) {
      if (at >= end || n === MAX_VIFE) return false
      byte = bytes[at++]!
      modifier = modifier * 256 + byte
    }
    this.modifier = modifier
    this.value = at
    this.#at = at
    return true
  }
}

/** Bytes of a value of variable length, its length byte included; -1 where the length byte is none. */
function variableSize(length: number): number {
  if (length < 0xc0) return 1 + length
  return length < 0xf0 ? 1 + (length & 15) : -1
}
