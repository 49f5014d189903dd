import { decimalText } from '../codec/decimal.js'
import { failure, type Result, success } from '../codec/result.js'
import type { MeterLine } from '../meters/line.js'
import type { Meter, Quantity, QuantityName, Reading } from '../meters/meter.js'
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

/** 7E2, as a 66-C needs it; replies come as 7E1. */
export const REQUEST_LINE: LineSettings = Object.freeze({ baud: 300, stopBits: 2 })
export const READOUT_LINE: LineSettings = Object.freeze({ baud: 300, stopBits: 1 })
export const STANDARD_DATA_LINE: LineSettings = Object.freeze({ baud: 1200, stopBits: 1 })

const IDENTIFY = '/?!\r\n'
/** Stay at 300 baud. */
const ACKNOWLEDGE = '\x06000\r\n'
const WAKE_UP = '\0'.repeat(16)

const ATTEMPTS = 3
const IDENT_TIMEOUT = 2_800
const BLOCK_TIMEOUT = 7_800
const STANDARD_TIMEOUT = 2_900

/** More than one character of 300 baud. */
const PAUSE = 50

/** The longest is a data block with its identification, about 100 characters. */
const CAPACITY = 256

/** How far a register may run on while the meter is being read. */
const DRIFT = 3

/** MULTICAL 66-C (and D, E), or 66-B, over EN 61107. */
export class En61107Meter implements Meter {
  #line: MeterLine
  #hasT3: boolean
  #awake = false
  /** A 66-B waits to be acknowledged. A 66-C goes on by itself, and would be talked into; a D or E may be like either. */
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
    const readout = await this.#repeat('data block', async () => {
      const result = await this.#readout()
      if (!result.ok && this.#hasT3) this.#acknowledge = !this.#acknowledge
      return result
    })
    if (!readout.ok) return readout
    // A meter that lacks these still has its totals.
    const instantaneous = this.#hasT3 ? await this.#standardData(INSTANTANEOUS) : undefined
    const first = await this.#standardData(STANDARD_1)
    if (!first.ok) return first
    const second = await this.#standardData(STANDARD_2)
    if (!second.ok) return second
    // The block's checksum is a sum of seven bits. What the standard data do not bear out is read once more.
    if (!agrees(readout.value, first.value, second.value)) {
      const again = await this.#repeat('data block', () => this.#readout())
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
        return this.#hasIdent() || undefined
      },
      READOUT_LINE,
    )
    if (!identified) return failure('no reply')
    await this.#line.exchangeOn(
      withEvenParity(this.#acknowledge ? ACKNOWLEDGE : ''),
      BLOCK_TIMEOUT,
      (bytes) => {
        this.#take(bytes)
        return this.#hasBlock() || undefined
      },
      READOUT_LINE,
    )
    return decodeReadout(this.#text, this.#length)
  }

  #standardData(data: StandardData): Promise<Result<string[]>> {
    return this.#repeat(data.request.trim(), async () => {
      this.#line.configure(REQUEST_LINE)
      this.#length = 0
      let error = 'no reply'
      const registers = await this.#line.exchange(
        withEvenParity(data.request),
        STANDARD_TIMEOUT,
        (bytes) => {
          for (const byte of bytes) {
            const character = withoutParity(byte)
            if (character !== 0x0d) {
              if (this.#length < CAPACITY) this.#text[this.#length++] = character
              continue
            }
            // An echo of the request, or noise, ends like the reply.
            const line = decodeStandardData(String.fromCharCode(...this.#text.subarray(0, this.#length)), data)
            this.#length = 0
            if (line.ok) return line.value
            error = line.error
          }
          return undefined
        },
        STANDARD_DATA_LINE,
      )
      return registers === undefined ? failure(error) : success(registers)
    })
  }

  async #repeat<T>(what: string, ask: () => Promise<Result<T>>): Promise<Result<T>> {
    let result: Result<T> = failure('line closed')
    for (let attempt = 1; attempt <= ATTEMPTS && !this.#line.closed; attempt++) {
      await this.#line.pause(PAUSE)
      result = await ask()
      if (result.ok) return result
    }
    return result.ok ? result : failure(`${what}: ${result.error}`)
  }

  #take(bytes: Uint8Array): void {
    for (const byte of bytes) if (this.#length < CAPACITY) this.#text[this.#length++] = withoutParity(byte)
  }

  /** An identification line has come; the echo of our own `/?!` is none. */
  #hasIdent(): boolean {
    for (let i = 0; i < this.#length; i++) {
      if (this.#text[i] === 0x2f && this.#text[i + 1] !== 0x3f && this.#text.subarray(i, this.#length).includes(0x0a))
        return true
    }
    return false
  }

  /** The block ends with one character after the first ETX, whichever that is. */
  #hasBlock(): boolean {
    const text = this.#text.subarray(0, this.#length)
    const stx = text.indexOf(STX)
    const etx = stx < 0 ? -1 : text.indexOf(ETX, stx)
    return etx >= 0 && etx + 1 < this.#length
  }
}

/** Whether the standard data have the totals and the customer number of the block; what it lacks is 0 there. */
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
  return a.serial === b.serial && a.energy?.value === b.energy?.value && a.volume?.value === b.volume?.value
}

function quantities(
  readout: Readout,
  first: readonly string[],
  second: readonly string[],
  t3: string | undefined,
): Reading['quantities'] {
  const scale = scaleOf(second)
  const result: { [name in QuantityName]?: Quantity } = {
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

/** A register times `factor`, with the decimals of the exponent. */
function fixed(register: string, factor: number, exponent: number): string {
  const negative = register.startsWith('-')
  return decimalText(negative, Number(negative ? register.slice(1) : register) * factor, exponent)
}
