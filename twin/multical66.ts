import { READOUT_LINE, REQUEST_LINE, STANDARD_DATA_LINE } from '../modules/en61107/client.js'
import { withEvenParity, withoutParity } from '../modules/meters/parity.js'
import type { Clock } from '../modules/ports/clock.js'
import type { LineSettings } from '../modules/ports/serial.js'
import { type Display, HeatedHouse, type Household } from './heated-house.js'
import type { LineMeter, SimulatedLine } from './line.js'

/** How long the meter thinks before it answers, in milliseconds. */
const THINKING_TIME = 1_000

/** What T3 reads where no sensor is connected: 218.75 C. Houses have none. */
const NO_SENSOR = 21_875

/** A MULTICAL 66-C or 66-B at work: it answers EN 61107, and its display moves as in a house that is heated. */
export class SimulatedMultical66 implements LineMeter {
  readonly settings = REQUEST_LINE
  /** Milliseconds that answered requests and their replies have taken so far, the meter's thinking included. */
  busy = 0
  #line: SimulatedLine
  #serial: string
  #variant: '66-B' | '66-C'
  #house: HeatedHouse
  #request = ''

  constructor(line: SimulatedLine, clock: Clock, serial: number, variant: '66-B' | '66-C', household?: Household) {
    this.#line = line
    this.#serial = String(serial).padStart(11, '0')
    this.#variant = variant
    this.#house = new HeatedHouse(clock, household)
    line.attach(this)
  }

  /** What its display shows, for who looks at it. */
  get display(): Display {
    return this.#house.shown
  }

  onBytes(bytes: Uint8Array): void {
    for (const byte of bytes) {
      const character = String.fromCharCode(withoutParity(byte))
      this.#request = character === '/' || character === '\x06' ? character : this.#request + character
      if (this.#answer()) this.#request = ''
    }
    if (this.#request.length > 16) this.#request = ''
  }

  /** Whether the request was complete. */
  #answer(): boolean {
    const { energy, volume, hours, forward, back, power, flow } = this.#house.display()
    switch (this.#request) {
      case '/?!\r\n':
        if (this.#variant === '66-C') this.#reply(`/KAM MC\r\n${this.#block('\r\n')}`, READOUT_LINE)
        else this.#reply('/KAM 0 MC\r\n', READOUT_LINE)
        return true
      case '\x06000\r\n':
        if (this.#variant === '66-B') this.#reply(this.#block(''), READOUT_LINE)
        return true
      case '/#C':
        if (this.#variant === '66-C')
          this.#registers([forward, NO_SENSOR, back, 0, 0, flow, 0, power].map((value) => digits(value)))
        return this.#variant === '66-C'
      case '/#1\r':
        this.#registers(
          [energy, volume, hours, forward, back, forward - back, power, flow, 93, 0].map((value) => digits(value)),
        )
        return true
      case '/#2\r':
        this.#registers([this.#serial, ...Array(6).fill(digits(0)), '0044119', '1200000', '0171028'])
        return true
      default:
        return false
    }
  }

  #block(lineEnd: string): string {
    const { energy, volume, hours } = this.#house.display()
    const sets = [
      `0.0(${this.#serial})`,
      `6.8(${withPoint(energy, 3)}*MWh)`,
      `6.26(${withPoint(volume, 2)}*m3)`,
      `6.31(${digits(hours)}*h)!\r\n\x03`,
    ]
    const text = sets.join(lineEnd)
    let sum = 0
    for (let i = 0; i < text.length; i++) sum += text.charCodeAt(i)
    return `\x02${text}${String.fromCharCode(sum & 0x7f)}`
  }

  #registers(registers: readonly string[]): void {
    this.#reply(`${registers.join(' ')} \r`, STANDARD_DATA_LINE)
  }

  #reply(text: string, settings: LineSettings): void {
    this.busy += lineTime(this.#request.length, REQUEST_LINE) + THINKING_TIME + lineTime(text.length, settings)
    this.#line.send(withEvenParity(text), THINKING_TIME, settings)
  }
}

function lineTime(characters: number, { baud, stopBits }: LineSettings): number {
  return (characters * (9 + stopBits) * 1000) / baud
}

function digits(value: number): string {
  return String(value).padStart(7, '0')
}

function withPoint(value: number, decimals: number): string {
  const text = digits(value)
  return `${text.slice(0, -decimals)}.${text.slice(-decimals)}`
}
