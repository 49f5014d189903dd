import { updateCrc } from '../../modules/codec/crc16-en13757.js'
import type { Compact } from './compact.js'
import { headerOf, type Units } from './kinds.js'
import type { Lattice } from './lattice.js'
import { POWER, type RegisterPowers } from './registers.js'

/** Checksums from register 0 of the bytes of each telegram at each offset, as long as each record: they go for all units. */
export function valueRegisters({ kinds, length, width }: Lattice, telegram: Compact | undefined): Uint16Array {
  const registers = new Uint16Array((length + 1) * width)
  if (telegram === undefined) return registers
  for (let at = 0; at < length; at++) {
    kinds.forEach(({ size }, record) => {
      if (at + size <= length) registers[at * width + record] = updateCrc(0, telegram.data, at, at + size)
    })
  }
  return registers
}

/** What a record does to the registers, for a meter of these units. */
export class Steps {
  /** The registers at the end of the data: headers and first telegram, second and third telegram. */
  readonly endLow: number
  readonly endHigh: number
  /** The upper registers of the last step. */
  high = 0
  readonly #width: number
  readonly #forward: Uint16Array
  readonly #backward: Uint16Array
  /** Offsets into the powers: bytes of header alone, and with the value. */
  readonly #headerPower: Int32Array
  readonly #recordPower: Int32Array
  /** By record: the checksum of its header, and of the header and a value of zeros. */
  readonly #header: Uint16Array
  readonly #empty: Uint16Array
  readonly #values: readonly Uint16Array[]
  readonly #count: number

  constructor(
    { kinds, width }: Lattice,
    telegrams: readonly Compact[],
    units: Units,
    values: readonly Uint16Array[],
    powers: RegisterPowers,
  ) {
    this.#width = width
    this.#values = values
    this.#forward = powers.forward
    this.#backward = powers.backward
    const headers = kinds.map(({ template }) => headerOf(template, units))
    this.#headerPower = Int32Array.from(headers, (header) => header.length * POWER)
    this.#recordPower = Int32Array.from(kinds, ({ size }, i) => (headers[i]!.length + size) * POWER)
    this.#header = Uint16Array.from(headers, (header) => updateCrc(0, header, 0, header.length))
    this.#empty = Uint16Array.from(kinds, ({ size }, i) => times(powers.forward, size * POWER, this.#header[i]!))
    const end = (i: number) => (telegrams[i] === undefined ? 0 : telegrams[i].dataCrc ^ 0xffff)
    this.endLow = ((telegrams[0]!.signature ^ 0xffff) << 16) | end(0)
    this.endHigh = (end(1) << 16) | end(2)
    this.#count = telegrams.length
  }

  /** Returns the lower registers behind a record at `offset`; the upper ones are in `high`. */
  forward(offset: number, record: number, low: number, high: number): number {
    const powers = this.#forward
    const whole = this.#recordPower[record]!
    const empty = this.#empty[record]!
    const at = offset * this.#width + record
    const [first, second, third] = this.#values as [Uint16Array, Uint16Array, Uint16Array]
    this.high = 0
    if (this.#count > 1) this.high = (times(powers, whole, high >>> 16) ^ empty ^ second[at]!) << 16
    if (this.#count > 2) this.high |= times(powers, whole, high & 0xffff) ^ empty ^ third[at]!
    return (
      ((times(powers, this.#headerPower[record]!, low >>> 16) ^ this.#header[record]!) << 16) |
      (times(powers, whole, low & 0xffff) ^ empty ^ first[at]!)
    )
  }

  /** Returns the lower registers before a record at `offset` that leads to these; the upper ones are in `high`. */
  backward(offset: number, record: number, low: number, high: number): number {
    const powers = this.#backward
    const whole = this.#recordPower[record]!
    const empty = this.#empty[record]!
    const at = offset * this.#width + record
    const [first, second, third] = this.#values as [Uint16Array, Uint16Array, Uint16Array]
    this.high = 0
    if (this.#count > 1) this.high = times(powers, whole, (high >>> 16) ^ empty ^ second[at]!) << 16
    if (this.#count > 2) this.high |= times(powers, whole, (high & 0xffff) ^ empty ^ third[at]!)
    return (
      (times(powers, this.#headerPower[record]!, (low >>> 16) ^ this.#header[record]!) << 16) |
      times(powers, whole, (low & 0xffff) ^ empty ^ first[at]!)
    )
  }
}

function times(powers: Uint16Array, power: number, register: number): number {
  return powers[power + (register & 0xff)]! ^ powers[power + 256 + (register >>> 8)]!
}
