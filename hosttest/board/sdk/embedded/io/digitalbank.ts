/// <reference path="../../globals.d.ts" />
import { callbackOf, checkOpen, formatOf, has, toInteger, toUnsigned } from 'board/native'

/*
 * MOD/modules/io/digital/digitalbank.js, esp32/digitalbank.c:
 * c:119 "invalid pin", :122 "in use", :126 a mode that is undefined is "invalid", :129 one that is none "invalid mode";
 * :168 "input only" from pin 34 on; :217 the level is there before the pin drives;
 * :337 an output cannot be read, :348 an input not written; :297 a closed pin has a pull-up.
 */
interface Options {
  readonly pins: number
  readonly bank?: number
  readonly mode?: unknown
  readonly activeLow?: unknown
  readonly initialValue?: unknown
  readonly rises?: number
  readonly falls?: number
  readonly onReadable?: ((triggered: number) => void) | null
  readonly format?: unknown
  readonly target?: unknown
}

class DigitalBank {
  static Input = 0
  static InputPullUp = 1
  static InputPullDown = 2
  static InputPullUpDown = 3

  static Output = 8
  static OutputOpenDrain = 9

  static ActiveLow = 16

  declare target: unknown
  #pins: readonly number[] | undefined
  #first = 0
  #activeLow = 0
  #isInput = true

  constructor(dictionary: Options) {
    const bank = has(dictionary, 'bank') ? toUnsigned(dictionary.bank) : 0
    if (bank > 1) throw new Error('invalid bank')
    const mask = toUnsigned(dictionary.pins)
    const pins = numbersOf(mask, 32 * bank)
    if (pins.length === 0 || pins.some((pin) => !world('pins.exists', pin))) throw new Error('invalid pin')
    if (pins.some((pin) => !world('pins.isFree', pin))) throw new Error('in use')
    if (dictionary.mode === undefined) throw new Error('invalid')
    const mode = toInteger(dictionary.mode)
    this.#isInput = mode >= DigitalBank.Input && mode <= DigitalBank.InputPullUpDown
    if (!this.#isInput && mode !== DigitalBank.Output && mode !== DigitalBank.OutputOpenDrain)
      throw new RangeError('invalid mode')
    this.#activeLow = has(dictionary, 'activeLow') && dictionary.activeLow ? mask : 0
    let initial = 0
    if (this.#isInput) {
      if (callbackOf(dictionary.onReadable) !== undefined) throw new Error('the board rig has no onReadable of pins')
    } else {
      if (pins.some((pin) => !world('pins.canDrive', pin))) throw new RangeError('input only')
      if (has(dictionary, 'initialValue')) initial = toUnsigned(dictionary.initialValue) & mask
    }
    if (has(dictionary, 'target')) this.target = dictionary.target
    if (formatOf(dictionary, 'number') !== 'number') throw new RangeError('invalid format')
    this.#first = 32 * bank
    this.#pins = pins
    for (const pin of pins) {
      world('pins.mode', pin, mode, ((initial ^ this.#activeLow) >>> (pin - this.#first)) & 1)
      world('pins.use', pin)
    }
  }

  close(): void {
    for (const pin of this.#pins ?? []) {
      world('pins.resetPin', pin)
      world('pins.free', pin)
    }
    this.#pins = undefined
  }

  read(): number {
    checkOpen(this.#pins !== undefined)
    if (!this.#isInput) throw new Error("can't read output")
    let value = 0
    for (const pin of this.#pins!) if (world('pins.read', pin)) value |= 1 << (pin - this.#first)
    return toUnsigned(value ^ this.#activeLow)
  }

  write(value: number): void {
    checkOpen(this.#pins !== undefined)
    if (this.#isInput) throw new Error("can't write input")
    const levels = toUnsigned(value) ^ this.#activeLow
    for (const pin of this.#pins!) world('pins.write', pin, (levels >>> (pin - this.#first)) & 1)
  }

  get format(): string {
    return 'number'
  }

  set format(value: string) {
    if (value !== 'number') throw new RangeError()
  }
}

export default DigitalBank

function numbersOf(mask: number, first: number): number[] {
  const pins: number[] = []
  for (let bit = 0; bit < 32; bit++) if ((mask >>> bit) & 1) pins.push(first + bit)
  return pins
}
