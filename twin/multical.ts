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
import type { LineMeter, SimulatedLine } from './line.js'

/** How long the meter thinks before it answers, in milliseconds. */
export const REPLY_DELAY = 150

interface DisplayRegister {
  readonly unit: number
  readonly siEx: number
  readonly value: number
}

/** A MULTICAL 601 at work: it answers KMP, and its display moves as in a house that is heated. */
export class SimulatedMultical implements LineMeter {
  readonly settings = KMP_LINE
  /** Register ids that this meter does not have. */
  readonly missing = new Set<number>()
  /** Bytes of requests and replies on the line so far. */
  readonly bytes = { received: 0, sent: 0 }
  #line: SimulatedLine
  #clock: Clock
  #serial: number
  #request: number[] = []
  #updated: number
  #kilowattHours = 56726
  #litres = 1321270

  constructor(line: SimulatedLine, clock: Clock, serial: number) {
    this.#line = line
    this.#clock = clock
    this.#serial = serial
    this.#updated = clock.now()
    line.attach(this)
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
    if (cid === GET_SERIAL_NO) this.#reply(cid, u32(this.#serial))
    if (cid === GET_REGISTER) this.#reply(cid, this.#registers(data))
  }

  #reply(cid: number, data: Uint8Array): void {
    const wire = encodeFrame(START_FROM_METER, cid, data)
    this.bytes.sent += wire.length
    this.#line.send(wire, REPLY_DELAY)
  }

  #registers(request: Uint8Array): Uint8Array {
    const display = this.#display()
    const reply: number[] = []
    const count = Math.min(request[0] ?? 0, MAX_REGISTERS)
    for (let i = 0; i < count && 2 * i + 2 < request.length; i++) {
      const id = (request[2 * i + 1]! << 8) | request[2 * i + 2]!
      const register = display.get(id)
      if (register === undefined || this.missing.has(id)) continue
      reply.push(id >> 8, id & 0xff, register.unit, 4, register.siEx, ...u32(register.value))
    }
    return Uint8Array.from(reply)
  }

  /** What the display shows: temperatures and flow swing through the day, energy and volume follow from them. */
  #display(): Map<number, DisplayRegister> {
    const now = this.#clock.now()
    const hours = now / 3_600_000
    const flow = Math.round(300 + 200 * Math.sin(hours / 2) + 40 * Math.sin(hours * 7))
    const forward = Math.round(6800 + 400 * Math.sin(hours / 5) + 60 * Math.sin(hours * 11))
    const back = Math.round(3900 + 250 * Math.sin(hours / 4 + 1))
    const kilowatts = (flow * (forward - back) * 1.163) / 100_000
    const elapsed = (now - this.#updated) / 3_600_000
    this.#updated = now
    this.#kilowattHours += kilowatts * elapsed
    this.#litres += flow * elapsed
    return new Map([
      [60, { unit: 0x03, siEx: 0x43, value: Math.floor(this.#kilowattHours) }],
      [68, { unit: 0x28, siEx: 0x42, value: Math.floor(this.#litres / 10) }],
      [1004, { unit: 0x2e, siEx: 0x00, value: 73327 + Math.floor(hours) }],
      [86, { unit: 0x25, siEx: 0x42, value: forward }],
      [87, { unit: 0x25, siEx: 0x42, value: back }],
      [89, { unit: 0x26, siEx: 0x42, value: forward - back }],
      [74, { unit: 0x29, siEx: 0x00, value: flow }],
      [80, { unit: 0x16, siEx: 0x41, value: Math.round(kilowatts * 10) }],
    ])
  }
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}
