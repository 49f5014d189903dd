/// <reference path="../../globals.d.ts" />
import { checkOpen, formatOf, has, toPin } from 'board/native'

/*
 * MOD/modules/io/analog/esp32/_analog.js, _analog.c: :205 "invalid" without a pin, :208 "in use", :259 "not analog pin",
 * :263 "invalid format"; :201 the attenuation of 12 dB; :427 a calibrated value brought back to the range of 2,450 mV, at
 * most full scale; :403 undefined where the converter does not answer, as the second one does not beside the radio.
 */
interface Options {
  readonly pin: number
  readonly format?: unknown
  readonly target?: unknown
}

class Analog {
  declare target: unknown
  #pin: number | undefined

  constructor(options: Options) {
    const pin = toPin(options.pin)
    if (!world('pins.isFree', pin)) throw new RangeError('in use')
    if (world('analog.converter', pin) === 0) throw new RangeError('not analog pin')
    if (has(options, 'target')) this.target = options.target
    if (formatOf(options, 'number') !== 'number') throw new RangeError('invalid format')
    world('pins.use', pin)
    this.#pin = pin
  }

  close(): void {
    if (this.#pin !== undefined) world('pins.free', this.#pin)
    this.#pin = undefined
  }

  read(): number | undefined {
    checkOpen(this.#pin !== undefined)
    return world('analog.read', this.#pin)
  }

  get resolution(): number {
    return 12
  }

  get format(): string {
    return 'number'
  }

  set format(value: string) {
    if (value !== 'number') throw new RangeError()
  }
}

export default Analog
