export const INSTANTANEOUS = 0
export const MAXIMUM = 1
export const MINIMUM = 2
export const AT_ERROR = 3

/** Bytes of the value by the data field code of the DIF (EN 13757-3, table 4); -1 where the code does not say. */
const SIZES: readonly number[] = Object.freeze([0, 1, 2, 3, 4, 4, 6, 8, 0, 1, 2, 3, 4, -1, 6, -1])
const SPECIAL = 0x0f
const FILLER = 0x2f
const MANUFACTURER_DATA = 0x0f
const MORE_RECORDS_FOLLOW = 0x1f

/**
 * Walks over data records (EN 13757-3): DIF, DIFE, VIF, VIFE, value. One object serves all records of a telegram. It
 * describes the record that `next` has reached, and computes only what the caller asks for.
 */
export class RecordCursor {
  readonly bytes: Uint8Array
  /** Offset of the DIF. */
  header = 0
  /** Offset and length of the value. */
  value: number
  size = 0
  /** Whether `next` stopped because it had read everything, and not at a record that is cut or not understood. */
  isComplete = false
  /** Whether each value's length follows from its header, so that compact frames can leave the headers out. */
  isFixed = true
  #vif = 0

  constructor(bytes: Uint8Array, start: number) {
    this.bytes = bytes
    this.value = start
  }

  /** Moves to the next whole record. Returns false at the end. */
  next(): boolean {
    const { bytes } = this
    let at = this.value + this.size
    while (bytes[at] === FILLER) at++
    this.value = at
    this.size = 0
    const dif = bytes[at]
    if (dif === undefined || dif === MANUFACTURER_DATA || dif === MORE_RECORDS_FOLLOW) {
      this.isComplete = true
      if (dif !== undefined) this.isFixed = false
      return false
    }
    if (!this.nextHeader()) return false
    if (this.size < 0) {
      this.isFixed = false
      if ((dif & 15) === SPECIAL) return false
      this.size = variableSize(bytes[this.value])
    }
    return this.value + this.size <= bytes.length
  }

  /** Moves to the next header of headers that follow each other without values. Returns false at the end. */
  nextHeader(): boolean {
    const { bytes } = this
    // A byte behind the end is undefined, which has no bit that says that more follows.
    let at = this.value
    this.header = at
    let byte = bytes[at]!
    this.size = SIZES[byte & 15]!
    while (byte & 0x80) byte = bytes[++at]!
    byte = bytes[++at]!
    this.#vif = at
    while (byte & 0x80) byte = bytes[++at]!
    this.value = ++at
    return at <= bytes.length
  }

  /** The data field code of the DIF, which says how the value is coded. */
  get coding(): number {
    return this.bytes[this.header]! & 15
  }

  /** 0 instantaneous, 1 maximum, 2 minimum, 3 at error. */
  get function(): number {
    return (this.bytes[this.header]! >> 4) & 3
  }

  get storage(): number {
    let storage = (this.bytes[this.header]! >> 6) & 1
    for (let at = this.header + 1, unit = 2; at < this.#vif; at++, unit *= 16) storage += (this.bytes[at]! & 15) * unit
    return storage
  }

  get tariff(): number {
    let tariff = 0
    for (let at = this.header + 1, unit = 1; at < this.#vif; at++, unit *= 4)
      tariff += ((this.bytes[at]! >> 4) & 3) * unit
    return tariff
  }

  get subunit(): number {
    let subunit = 0
    for (let at = this.header + 1, unit = 1; at < this.#vif; at++, unit *= 2)
      subunit += ((this.bytes[at]! >> 6) & 1) * unit
    return subunit
  }

  /** The VIF without its extension bit, plus 0xFB00, 0xFD00 or 0xFF00 for a VIF of an extension table. */
  get vif(): number {
    const byte = this.bytes[this.#vif]!
    return isExtensionTable(byte) ? (byte << 8) | (this.bytes[this.#vif + 1]! & 0x7f) : byte & 0x7f
  }

  /** The VIFE as one big-endian number; 0 without a VIFE. */
  get modifier(): number {
    let modifier = 0
    const first = this.#vif + (isExtensionTable(this.bytes[this.#vif]!) ? 2 : 1)
    for (let at = first; at < this.value; at++) modifier = modifier * 256 + this.bytes[at]!
    return modifier
  }
}

function isExtensionTable(vif: number): boolean {
  return vif === 0xff || vif === 0xfd || vif === 0xfb
}

/** Returns the bytes of a value of variable length with its length byte; infinitely many for an invalid length. */
function variableSize(length: number | undefined): number {
  if (length === undefined || length >= 0xf0) return Number.POSITIVE_INFINITY
  return length < 0xc0 ? 1 + length : 1 + (length & 15)
}
