/// <reference path="../globals.d.ts" />
import { requireArguments, toInteger } from 'board/native'

/*
 * MOD/modules/pins/digital/digital.js, digital.c, esp32/modGPIO.c: it knows nothing of who else uses a pin. An output is
 * 0 at first; a port is an error here; a closed pin stays as it is, and another read is "can't read pin" or rubbish.
 * The dictionary is `{ pin, mode }`; a dictionary without them throws (digital.c:59).
 */
interface Options {
  readonly pin: number
  readonly mode: number
}

class Digital {
  static Input = 0
  static InputPullUp = 1
  static InputPullDown = 2
  static InputPullUpDown = 3

  static WakeOnRise = 1 << 6
  static WakeOnFall = 1 << 7

  static Output = 8
  static OutputOpenDrain = 9

  #pin: number | undefined

  static read(pin: number): number {
    init(toInteger(pin), Digital.Input)
    return world('pins.read', toInteger(pin))
  }

  static write(pin: number, value: number): void {
    init(toInteger(pin), Digital.Output)
    world('pins.write', toInteger(pin), toInteger(value) ? 1 : 0)
  }

  constructor(port: unknown, pin?: number, mode?: number) {
    // biome-ignore lint/complexity/noArguments: what the arguments are is told by their number
    const count = arguments.length
    requireArguments(count, 1)
    if (count === 1) {
      const options = port as Options
      if (!('pin' in options)) throw new Error('pin missing')
      if (!('mode' in options)) throw new Error('mode missing')
      this.#pin = toInteger(options.pin)
      init(this.#pin, toInteger(options.mode))
    } else if (count === 2) {
      this.#pin = toInteger(port)
      init(this.#pin, toInteger(pin))
    } else {
      if (port) throw new Error("can't init pin")
      this.#pin = toInteger(pin)
      init(this.#pin, toInteger(mode))
    }
  }

  close(): void {
    this.#pin = undefined
  }

  mode(mode: number): void {
    init(this.#opened(), toInteger(mode), 'unsupported mode')
  }

  read(): number {
    return world('pins.read', this.#opened())
  }

  write(value: number): void {
    world('pins.write', this.#opened(), toInteger(value) ? 1 : 0)
  }

  #opened(): number {
    if (this.#pin === undefined) throw new Error("can't read pin")
    return this.#pin
  }
}

Object.freeze(Digital.prototype)

export default Digital

function init(pin: number, mode: number, error = "can't init pin"): void {
  const wanted = mode & ~(Digital.WakeOnRise | Digital.WakeOnFall)
  const isOutput = wanted === Digital.Output || wanted === Digital.OutputOpenDrain
  const isInput = wanted >= Digital.Input && wanted <= Digital.InputPullUpDown
  if (!world('pins.exists', pin) || !(isInput || isOutput)) throw new Error(error)
  if (isOutput && !world('pins.canDrive', pin)) throw new Error(error)
  world('pins.mode', pin, wanted, 0)
}
