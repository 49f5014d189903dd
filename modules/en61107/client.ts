import { decimalText } from '../codec/decimal.js'
import { failure, type Result, success } from '../codec/result.js'
import type { Attempts, MeterLine } from '../meters/line.js'
import type { Meter, Quantities, Quantity, Reading } from '../meters/meter.js'
import { withEvenParity, withoutParity } from '../meters/parity.js'
import type { LineSettings } from '../ports/serial.js'
import { decodeReadout, ETX, type Readout, STX } from './readout.js'
import {
  decodeStandardData,
  INSTANTANEOUS,
  programOf,
  STANDARD_1,
  STANDARD_2,
  type StandardData,
  scaleOf,
} from './standard-data.js'

/** Requests go out as 7E2, which a 66-C needs; replies come as 7E1. */
export const REQUEST_LINE: LineSettings = Object.freeze({ baud: 300, stopBits: 2 })
export const READOUT_LINE: LineSettings = Object.freeze({ baud: 300, stopBits: 1 })
export const STANDARD_DATA_LINE: LineSettings = Object.freeze({ baud: 1200, stopBits: 1 })

const IDENTIFY = '/?!\r\n'
/** Asks the meter to stay at 300 baud. */
const ACKNOWLEDGE = '\x06000\r\n'
const WAKE_UP = '\0'.repeat(16)

const IDENT_TIMEOUT = 2_800
const BLOCK_TIMEOUT = 7_800
const STANDARD_TIMEOUT = 2_900

/** The pause before a request. It is longer than one character at 300 baud. */
const PAUSE = 50
const ATTEMPTS: Attempts = Object.freeze({ times: 3, pause: PAUSE, pauseAfterFailure: PAUSE })

const CR = 0x0d
const COMPLETE: Result<true> = Object.freeze(success(true as const))

/** The client keeps so much of a reply. The longest is a data block with its identification, about 100 characters. */
const CAPACITY = 256

/** A register may grow so much while the client reads the meter. */
const DRIFT = 3

/** A MULTICAL 66-C (or D, E) or 66-B, asked over EN 61107. */
export class En61107Meter implements Meter {
  #line: MeterLine
  #hasT3: boolean
  #awake = false
  /**
   * Whether the client acknowledges the identification. A 66-B waits for that. A 66-C sends its data unasked, and an
   * acknowledgment would collide with it. A D or E may be like either.
   */
  #acknowledge: boolean
  #text = new Uint8Array(CAPACITY)
  #length = 0

  /** @param variant a 66-B has no `/#C` and so no T3 */
  constructor(line: MeterLine, variant: '66-B' | '66-C') {
    this.#line = line
    this.#hasT3 = variant === '66-C'
    this.#acknowledge = variant === '66-B'
  }

  async read(): Promise<Result<Reading>> {
    const turn = this.#line.begin()
    if (turn !== undefined) await turn
    try {
      const reading = await this.#read()
      this.#awake = reading.ok
      return reading
    } finally {
      this.#line.end()
    }
  }

  close(): void {
    this.#line.close()
  }

  async #read(): Promise<Result<Reading>> {
    if (!this.#awake) await this.#wakeUp()
    const readout = await this.#line.attempt('data block', ATTEMPTS, async () => {
      const result = await this.#readout()
      if (!result.ok && this.#hasT3) this.#acknowledge = !this.#acknowledge
      return result
    })
    if (!readout.ok) return readout
    // A meter that does not answer this still has its totals.
    const instantaneous = this.#hasT3 ? await this.#standardData(INSTANTANEOUS) : undefined
    const first = await this.#standardData(STANDARD_1)
    if (!first.ok) return first
    const second = await this.#standardData(STANDARD_2)
    if (!second.ok) return second
    // The block's checksum is only a sum of seven bits. The client reads a block again that the standard data contradict.
    if (!agrees(readout.value, first.value, second.value)) {
      const again = await this.#line.attempt('data block', ATTEMPTS, () => this.#readout())
      if (!again.ok) return again
      if (!isSame(again.value, readout.value)) return failure('data block: two readings differ')
    }
    const t3 = instantaneous?.ok ? instantaneous.value[1] : undefined
    return success({
      serial: readout.value.serial,
      quantities: quantities(readout.value, first.value, second.value, t3),
    })
  }

  async #wakeUp(): Promise<void> {
    this.#line.configure(REQUEST_LINE)
    await this.#line.exchange(withEvenParity(WAKE_UP), PAUSE, () => undefined)
  }

  async #readout(): Promise<Result<Readout>> {
    this.#line.configure(REQUEST_LINE)
    this.#length = 0
    const identified = await this.#line.exchange(
      withEvenParity(IDENTIFY),
      IDENT_TIMEOUT,
      (bytes) => {
        this.#take(bytes)
        return this.#hasIdent() ? COMPLETE : undefined
      },
      READOUT_LINE,
    )
    if (!identified.ok) return identified
    await this.#line.exchangeOn(
      withEvenParity(this.#acknowledge ? ACKNOWLEDGE : ''),
      BLOCK_TIMEOUT,
      (bytes) => {
        this.#take(bytes)
        return this.#hasBlock() ? COMPLETE : undefined
      },
      READOUT_LINE,
    )
    return decodeReadout(this.#text, this.#length)
  }

  #standardData(data: StandardData): Promise<Result<string[]>> {
    return this.#line.attempt(data.request.trim(), ATTEMPTS, () => {
      this.#line.configure(REQUEST_LINE)
      this.#length = 0
      return this.#line.exchange(
        withEvenParity(data.request),
        STANDARD_TIMEOUT,
        (bytes) => this.#takeLines(bytes, data),
        STANDARD_DATA_LINE,
      )
    })
  }

  /** Decodes each line that ends within these bytes. The echo of the request, or noise, ends like the reply. */
  #takeLines(bytes: Uint8Array, data: StandardData): Result<string[]> | undefined {
    let line: Result<string[]> | undefined
    for (const byte of bytes) {
      const character = withoutParity(byte)
      if (character !== CR) {
        if (this.#length < CAPACITY) this.#text[this.#length++] = character
        continue
      }
      line = decodeStandardData(String.fromCharCode(...this.#text.subarray(0, this.#length)), data)
      this.#length = 0
      if (line.ok) break
    }
    return line
  }

  #take(bytes: Uint8Array): void {
    for (const byte of bytes) if (this.#length < CAPACITY) this.#text[this.#length++] = withoutParity(byte)
  }

  /** Whether an identification line has come. The echo of `/?!` is none. */
  #hasIdent(): boolean {
    for (let i = 0; i < this.#length; i++) {
      if (this.#text[i] === 0x2f && this.#text[i + 1] !== 0x3f && this.#text.subarray(i, this.#length).includes(0x0a))
        return true
    }
    return false
  }

  /** Whether the block is complete: it ends with the character after the first ETX. */
  #hasBlock(): boolean {
    const text = this.#text.subarray(0, this.#length)
    const stx = text.indexOf(STX)
    const etx = stx < 0 ? -1 : text.indexOf(ETX, stx)
    return etx >= 0 && etx + 1 < this.#length
  }
}

/** Whether the standard data have the block's totals and customer number. They have 0 for a total that the block lacks. */
export function agrees(readout: Readout, first: readonly string[], second: readonly string[]): boolean {
  return (
    Number(second[0]) === Number(readout.serial) &&
    isNear(readout.energy, first[0]!) &&
    isNear(readout.volume, first[1]!) &&
    isNear(readout.hours, first[2]!)
  )
}

function isNear(quantity: Quantity | undefined, register: string): boolean {
  if (quantity === undefined) return Number(register) === 0
  const difference = Number(register) - Number(quantity.value.replace('.', ''))
  return difference >= 0 && difference <= DRIFT
}

function isSame(a: Readout, b: Readout): boolean {
  return (
    a.serial === b.serial &&
    isSameQuantity(a.energy, b.energy) &&
    isSameQuantity(a.volume, b.volume) &&
    isSameQuantity(a.hours, b.hours)
  )
}

function isSameQuantity(a: Quantity | undefined, b: Quantity | undefined): boolean {
  return a?.value === b?.value && a?.unit === b?.unit
}

function quantities(
  readout: Readout,
  first: readonly string[],
  second: readonly string[],
  t3: string | undefined,
): Reading['quantities'] {
  const scale = scaleOf(second)
  const result: Quantities = {
    program: { value: programOf(second), unit: '' },
    t1: { value: fixed(first[3]!, 1, -2), unit: 'C' },
    t2: { value: fixed(first[4]!, 1, -2), unit: 'C' },
    tdif: { value: fixed(first[5]!, 1, -2), unit: 'C' },
    flow1: { value: fixed(first[7]!, scale, 0), unit: 'l/h' },
    effect1: { value: fixed(first[6]!, 100 * scale, -3), unit: 'kW' },
  }
  if (t3 !== undefined) result.t3 = { value: fixed(t3, 10, -3), unit: 'C' }
  if (readout.hours) result.hr = readout.hours
  if (readout.volume) result.v1 = readout.volume
  if (readout.energy) result.e1 = readout.energy
  return result
}

/** The text of a register times `factor`, with the decimals of the exponent. */
function fixed(register: string, factor: number, exponent: number): string {
  const negative = register.startsWith('-')
  return decimalText(negative, Number(negative ? register.slice(1) : register) * factor, exponent)
}
