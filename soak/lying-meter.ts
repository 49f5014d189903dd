import type { DisplayRegister } from '../twin/multical.js'

const ENERGY = 60
/** The operating hours: here the meter shows the number of the answer instead. */
const HOURS = 1004
/** No more answers in a row are damaged, of those that the device has heard: three that hold together would be another meter. */
const IN_A_ROW = 2

const KWH = 0x02
const UNKNOWN_UNIT = 0x63
const NEGATIVE = 0x80
const LARGEST = 0xffffffff
/** 10 to the power of 9. */
const BILLIONS = 9

/** The energy after damage that keeps the checksum right. */
const DAMAGE: readonly ((random: number) => DisplayRegister)[] = [
  () => ({ unit: KWH, siEx: 0, value: LARGEST }),
  () => ({ unit: KWH, siEx: 0, value: 0 }),
  (random) => ({ unit: KWH, siEx: 0, value: Math.floor(random * LARGEST) }),
  (random) => ({ unit: UNKNOWN_UNIT, siEx: 0, value: Math.floor(random * 1e6) }),
  (random) => ({ unit: KWH, siEx: NEGATIVE, value: Math.floor(random * 1e6) }),
  () => ({ unit: KWH, siEx: BILLIONS, value: LARGEST }),
]

/**
 * A MULTICAL that numbers its answers, so that each sample can be told from every other whatever its date is, and that
 * somebody may damage or give other numbers.
 */
export class LyingMeter {
  /** Share of the answers that are damaged, or come under another number. */
  damaged = 0
  renamed = 0
  /** Answers so far. */
  count = 0
  /** Whether the last answer came under the meter's own number. */
  isOwn = true
  isDamaged = false
  #random: () => number
  /** Answers since the device has heard a good one, and one under the meter's own number. */
  #inARow = 0
  #foreign = 0
  /** When each answer ended, in s from power-on. */
  #ends: Uint32Array

  /** @param most answers there may be */
  constructor(random: () => number, most: number) {
    this.#random = random
    this.#ends = new Uint32Array(most)
  }

  get byteLength(): number {
    return this.#ends.byteLength
  }

  serial(own: number): number {
    this.isOwn = this.#foreign >= IN_A_ROW || this.#random() >= this.renamed
    if (!this.isOwn) this.#foreign++
    return this.isOwn ? own : own + 1 + Math.floor(this.#random() * 3)
  }

  registers(display: Map<number, DisplayRegister>): void {
    display.set(HOURS, { unit: 0x2e, siEx: 0, value: this.count++ })
    this.isDamaged = this.#inARow < IN_A_ROW && this.#random() < this.damaged
    if (!this.isDamaged) return
    this.#inARow++
    display.set(ENERGY, DAMAGE[Math.floor(this.#random() * DAMAGE.length)]!(this.#random()))
  }

  /** The device has certainly heard an answer that was so: what it has heard before is in a row with nothing to come. */
  onHeard(isOwn: boolean, isDamaged: boolean): void {
    if (!isOwn) return
    this.#foreign = 0
    if (!isDamaged) this.#inARow = 0
  }

  /** The last answer ends at this second. */
  end(second: number): void {
    this.#ends[this.count - 1] = second
  }

  /** When the answer with this number ended, in s from power-on; undefined when there was none. */
  endOf(number: number): number | undefined {
    return number < this.count ? this.#ends[number] : undefined
  }
}
