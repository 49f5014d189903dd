/** Tags of DER (ITU-T X.690, 8) that certificates have. */
export const Tag = Object.freeze({
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
} as const)

/**
 * Reads the values of a DER structure one after another. What is wrong makes it `broken`: from then on each value is empty,
 * so that whoever reads asks once, at the end.
 */
export class DerReader {
  broken = false
  /** The bytes of the value that was read last, with its tag and length. */
  whole: Uint8Array
  #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.whole = bytes.subarray(0, 0)
  }

  get isAtEnd(): boolean {
    return this.broken || this.#at === this.#bytes.length
  }

  /** Whether a value of this tag comes next. */
  has(tag: number): boolean {
    return !this.isAtEnd && this.#bytes[this.#at] === tag
  }

  /** The contents of the next value, which has this tag. */
  read(tag: number): Uint8Array {
    return this.has(tag) ? this.any() : this.#fail()
  }

  /** The contents of the next value, whatever it is. */
  any(): Uint8Array {
    const start = this.#at
    let at = start + 1
    const first = this.#bytes[at++] ?? 0x80
    let length = first
    if (first >= 0x80) {
      // Nothing that comes in one record is longer than two bytes can say.
      const count = first & 0x7f
      if (count > 2) return this.#fail()
      length = 0
      for (let i = 0; i < count; i++) length = (length << 8) | (this.#bytes[at++] ?? 0)
      if (length < (count === 2 ? 0x100 : 0x80)) return this.#fail()
    }
    if (at + length > this.#bytes.length) return this.#fail()
    this.#at = at + length
    this.whole = this.#bytes.subarray(start, this.#at)
    return this.#bytes.subarray(at, this.#at)
  }

  /** Reads on inside the next value, which has this tag. */
  open(tag: number): DerReader {
    const inside = new DerReader(this.read(tag))
    inside.broken = this.broken
    return inside
  }

  /** A positive whole number, big-endian, without the zero that keeps it positive; empty for any other. */
  unsigned(): Uint8Array {
    const bytes = this.read(Tag.integer)
    if (bytes[0]! >= 0x80) return this.#fail()
    return bytes[0] === 0 ? bytes.subarray(1) : bytes
  }

  /** A string of whole bytes. */
  bits(): Uint8Array {
    const bytes = this.read(Tag.bitString)
    return bytes[0] === 0 ? bytes.subarray(1) : this.#fail()
  }

  #fail(): Uint8Array {
    this.broken = true
    return this.#bytes.subarray(0, 0)
  }
}
