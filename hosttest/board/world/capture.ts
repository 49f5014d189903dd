import type { Hardware } from './hardware.js'
import type { Level } from './pin.js'
import type { Pins } from './pins.js'

/** The counter runs at 80 MHz and has 32 bits. */
const KILOHERTZ = 80_000

/** Memory that was not cleared. */
const GARBAGE = 0xa5a5a5a5

/* RisingToFalling, FallingToRising, RisingToRising, FallingToFalling */
const START_LEVEL: Readonly<Record<number, Level>> = { 1: 1, 2: 0, 3: 1, 4: 0 }
const END_LEVEL: Readonly<Record<number, Level>> = { 1: 0, 2: 1, 3: 1, 4: 0 }

interface Channel {
  readonly pin: number
  readonly edges: number
  readonly handle: number
  value: number
  /** The last edge that came while interrupts were masked; a register holds one. */
  pending: { readonly level: Level; readonly at: number } | undefined
}

/** The capture of the motor control unit, of which a group has one (MOD/modules/io/pulsewidth/esp32/_pulsewidth.c). */
export class Capture {
  readonly operations
  #channel: Channel | undefined
  /** The C function keeps it in a static variable: one for all, and over a close. */
  #begin = 0
  #hardware: Hardware
  #pins: Pins

  constructor(hardware: Hardware, pins: Pins) {
    this.#hardware = hardware
    this.#pins = pins
    this.operations = {
      'pulsewidth.open': (pin: number, edges: number, handle: number) => this.#open(pin, edges, handle),
      'pulsewidth.close': () => this.#close(),
      'pulsewidth.read': () => this.#read(),
    }
  }

  get pins(): readonly number[] {
    return this.#channel === undefined ? [] : [this.#channel.pin]
  }

  reset(): void {
    this.#channel = undefined
    this.#begin = 0
  }

  edge(pin: number, level: Level): void {
    const channel = this.#channel
    if (channel?.pin !== pin) return
    const at = this.#hardware.clock.now()
    if (this.#pins.isMasked) channel.pending = { level, at }
    else this.#interrupt(channel, level, at)
  }

  unmask(): void {
    const channel = this.#channel
    if (channel?.pending === undefined) return
    const { level, at } = channel.pending
    channel.pending = undefined
    this.#interrupt(channel, level, at)
  }

  #open(pin: number, edges: number, handle: number): string | undefined {
    if (this.#channel !== undefined) return 'no capture timer'
    this.#channel = { pin, edges, handle, value: GARBAGE, pending: undefined }
    this.#pins.use(pin)
    this.#pins.enableInput(pin)
    this.#pins.humWhereItFloats()
    return undefined
  }

  #close(): void {
    if (this.#channel === undefined) return
    this.#pins.float(this.#channel.pin)
    this.#pins.free(this.#channel.pin)
    this.#channel = undefined
  }

  #read(): number | undefined {
    const channel = this.#channel
    if (channel === undefined || channel.value === 0) return undefined
    const microseconds = Math.fround((channel.value * 1000) / KILOHERTZ)
    channel.value = 0
    return microseconds
  }

  #interrupt(channel: Channel, level: Level, at: number): void {
    const now = Math.round(at * KILOHERTZ) % 2 ** 32
    const begin = this.#begin
    const starts = START_LEVEL[channel.edges]
    const ends = END_LEVEL[channel.edges]
    if (level === ends && begin !== 0) {
      channel.value = (now - begin) >>> 0
      if (starts !== ends) this.#begin = 0
    }
    if (level === starts) this.#begin = now
    if (begin !== 0 && channel.handle !== 0) this.#hardware.post('pulsewidth', channel.handle)
  }
}
