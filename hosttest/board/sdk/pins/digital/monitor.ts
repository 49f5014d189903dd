/// <reference path="../../globals.d.ts" />
import { has, toInteger } from 'board/native'

/*
 * MOD/modules/pins/digital/monitor/monitor.js, esp32/modMonitor.c:
 * js:31 the constants are Rising, Falling and PWM; modes are those of `pins/digital`. What is no mode, undefined too,
 * leaves the pin without pull resistor (c:95, :132), and whoever else uses the pin is not asked;
 * c:138 an interrupt for the edge that was asked for, :209 and which edge that was is read from the pin when it is served;
 * :237 one message is on its way at a time, so that onChanged is called once for several edges;
 * :257 a monitor without onChanged throws when it is delivered: `xsCall0` of undefined;
 * :169, :179 the count of an edge that is not watched throws; the counters have 32 bits;
 * :150 a second close() is a null pointer, and so are counters and read() after the first.
 */
interface Options {
  readonly pin: number
  readonly edge: number
  readonly mode?: unknown
}

class Monitor {
  static Rising = 1
  static Falling = 2
  static PWM = 4

  declare onChanged: () => void
  #pin: number
  #handle: number

  constructor(dictionary: Options) {
    if (!has(dictionary, 'pin')) throw new Error('pin missing')
    if (!has(dictionary, 'edge')) throw new Error('edge missing')
    this.#pin = toInteger(dictionary.pin)
    const mode = has(dictionary, 'mode') ? toInteger(dictionary.mode) : 0
    const edge = toInteger(dictionary.edge)
    const handle = hold(() => {
      world('monitor.told', handle)
      this.onChanged()
    })
    this.#handle = handle
    world('monitor.open', this.#pin, mode, edge & 0xff, handle)
  }

  close(): void {
    const handle = this.#opened('close')
    world('monitor.close', handle)
    drop(handle)
    this.#handle = 0
  }

  read(): number {
    this.#opened('read')
    return world('pins.read', this.#pin)
  }

  get rises(): number {
    return this.#count(Monitor.Rising)
  }

  get falls(): number {
    return this.#count(Monitor.Falling)
  }

  get pwm_duty(): undefined {
    return undefined
  }

  get pwm_freq(): undefined {
    return undefined
  }

  #count(edge: number): number {
    const count: number | undefined = world('monitor.count', this.#opened('count'), edge)
    if (count === undefined) throw new Error('not configured')
    return count | 0
  }

  #opened(what: string): number {
    if (this.#handle === 0) world('chip.crash', `pins/digital/monitor: ${what} of a closed monitor`)
    return this.#handle
  }
}

Object.freeze(Monitor.prototype)

export default Monitor
