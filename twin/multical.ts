import { KMP_LINE } from '../modules/kmp/client.js'
import {
  GET_REGISTER,
  GET_SERIAL_NO,
  GET_TYPE,
  HEAT_METER,
  MAX_REGISTERS,
  START_FROM_METER,
  START_TO_METER,
  STOP,
} from '../modules/kmp/constants.js'
import { decodeFrame, encodeFrame } from '../modules/kmp/frame.js'
import type { Clock } from '../modules/ports/clock.js'
import { type Display, HeatedHouse, type Household } from './heated-house.js'
import { characterTime, type LineMeter, type MeterEnd } from './line.js'

/** How long the meter thinks before it answers, in milliseconds. */
export const REPLY_DELAY = 150

/** A value as KMP has it: unit code, sign and exponent, mantissa. */
export interface DisplayRegister {
  readonly unit: number
  readonly siEx: number
  readonly value: number
}

/** A MULTICAL 601 at work: it answers KMP, and its display moves as in a house that is heated. */
export class SimulatedMultical implements LineMeter {
  readonly settings = KMP_LINE
  /** Register ids that this meter does not have. */
  readonly missing = new Set<number>()
  /** Unit codes of registers that have another unit than usual, by their ids; the digits stay. */
  readonly units = new Map<number, number>()
  /** Bytes of requests and replies on the line so far. */
  readonly bytes = { received: 0, sent: 0 }
  /** Called when it begins to answer a request for registers: its energy in kWh, and in how many ms the answer ends. */
  onRegisters: ((energy: number, ms: number) => void) | undefined
  /** What it tells instead of its number and its display, with right checksums. */
  tamper: { serial(own: number): number; registers(display: Map<number, DisplayRegister>): void } | undefined
  #line: MeterEnd
  #house: HeatedHouse
  #serial: number
  #energy = 0
  #request: number[] = []

  constructor(line: MeterEnd, clock: Clock, serial: number, household?: Household) {
    this.#line = line
    this.#house = new HeatedHouse(clock, household)
    this.#serial = serial
    line.attach(this)
  }

  /** What its display shows, for who looks at it. */
  get display(): Display {
    return this.#house.shown
  }

  onBytes(bytes: Uint8Array): void {
    this.bytes.received += bytes.length
    for (const byte of bytes) {
      if (byte === START_TO_METER) this.#request = []
      this.#request.push(byte)
      if (byte === STOP) this.#answer(Uint8Array.from(this.#request.splice(0)))
    }
  }

  #answer(wire: Uint8Array): void {
    const frame = decodeFrame(wire)
    if (!frame.ok || frame.value.destination !== HEAT_METER || wire[0] !== START_TO_METER) return
    const { cid, data } = frame.value
    if (cid === GET_TYPE) this.#reply(cid, Uint8Array.of(0x00, 0x01, 0x06, 0x01))
    if (cid === GET_SERIAL_NO) this.#reply(cid, u32(this.tamper?.serial(this.#serial) ?? this.#serial))
    if (cid === GET_REGISTER) this.#reply(cid, this.#registers(data))
  }

  #reply(cid: number, data: Uint8Array): void {
    const wire = encodeFrame(START_FROM_METER, cid, data)
    this.bytes.sent += wire.length
    this.#line.send(wire, REPLY_DELAY, KMP_LINE)
    if (cid === GET_REGISTER) this.onRegisters?.(this.#energy, REPLY_DELAY + wire.length * characterTime(KMP_LINE))
  }

  #registers(request: Uint8Array): Uint8Array {
    const display = this.#count()
    this.tamper?.registers(display)
    const reply: number[] = []
    const count = Math.min(request[0] ?? 0, MAX_REGISTERS)
    for (let i = 0; i < count && 2 * i + 2 < request.length; i++) {
      const id = (request[2 * i + 1]! << 8) | request[2 * i + 2]!
      const register = display.get(id)
      if (register === undefined || this.missing.has(id)) continue
      reply.push(id >> 8, id & 0xff, this.units.get(id) ?? register.unit, 4, register.siEx, ...u32(register.value))
    }
    return Uint8Array.from(reply)
  }

  #count(): Map<number, DisplayRegister> {
    const { energy, volume, hours, forward, back, flow, power } = this.#house.display()
    this.#energy = energy
    return new Map([
      [60, { unit: 0x03, siEx: 0x43, value: energy }],
      [68, { unit: 0x28, siEx: 0x42, value: volume }],
      [1004, { unit: 0x2e, siEx: 0x00, value: hours }],
      [86, { unit: 0x25, siEx: 0x42, value: forward }],
      [87, { unit: 0x25, siEx: 0x42, value: back }],
      [89, { unit: 0x26, siEx: 0x42, value: forward - back }],
      [74, { unit: 0x29, siEx: 0x00, value: flow }],
      [80, { unit: 0x16, siEx: 0x41, value: power }],
    ])
  }
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}
