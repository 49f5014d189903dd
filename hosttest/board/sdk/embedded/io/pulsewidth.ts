/// <reference path="../../globals.d.ts" />
import { callbackOf, check, checkOpen, formatOf, has, toInteger, toPin } from 'board/native'

/*
 * MOD/modules/io/pulsewidth/esp32/_pulsewidth.js, _pulsewidth.c:
 * c:84 "pin required", :87 "edges required", :101 "in use", :108 "invalid format", :120 there is one at a time;
 * :128 the pull resistors of `mode` are commented out: the pin is left as it was, and :191 without any when it is closed;
 * :139 the record is not cleared, so that before the first impulse read() answers with what was in that memory;
 * :210 no impulse since the last read() is undefined; :213 microseconds as a 32-bit float, modulo 53.7 s.
 */
interface Options {
  readonly pin: number
  readonly edges: number
  readonly mode?: unknown
  readonly onReadable?: (() => void) | null
  readonly format?: unknown
  readonly target?: unknown
}

class PulseWidth {
  static Rising = 1
  static Falling = 2

  static Input = 0
  static InputPullUp = 1
  static InputPullDown = 2

  static RisingToFalling = 1
  static FallingToRising = 2
  static RisingToRising = 3
  static FallingToFalling = 4

  declare target: unknown
  #pin: number | undefined
  #handle = 0

  constructor(options: Options) {
    if (!has(options, 'pin')) throw new RangeError('pin required')
    if (!has(options, 'edges')) throw new RangeError('edges required')
    const pin = toPin(options.pin)
    if (!world('pins.isFree', pin)) throw new RangeError('in use')
    const onReadable = callbackOf(options.onReadable)
    if (has(options, 'target')) this.target = options.target
    if (formatOf(options, 'number') !== 'number') throw new RangeError('invalid format')
    const handle = onReadable === undefined ? 0 : hold(() => onReadable.call(this))
    check(world('pulsewidth.open', pin, toInteger(options.edges), handle))
    this.#pin = pin
    this.#handle = handle
  }

  close(): void {
    if (this.#pin === undefined) return
    world('pulsewidth.close')
    drop(this.#handle)
    this.#pin = undefined
  }

  read(): number | undefined {
    checkOpen(this.#pin !== undefined)
    return world('pulsewidth.read')
  }

  get format(): string {
    return 'number'
  }

  set format(value: string) {
    if (value !== 'number') throw new RangeError()
  }
}

export default PulseWidth
