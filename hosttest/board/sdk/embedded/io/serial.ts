/// <reference path="../../globals.d.ts" />
import { bytesOf, callbackOf, checkOpen, formatOf, has, requireArguments, toInteger, toPin, viewOf } from 'board/native'

/*
 * MOD/modules/io/serial/esp32/serial.js, serial.c:
 * c:108 pins are exclusive: "in use"; :119 neither pin is "invalid"; :125 "invalid port"; :131 "invalid baud";
 * :143 the format is "buffer" or "number"; :148 8N1, and both FIFOs are emptied; :206 told after a pause of 4 characters;
 * :287 what there is, or undefined; :318 a length below 1 is "invalid"; :350 what has no room is not written at all:
 * "output full", and the FIFO holds 128 bytes; :394 one message on its way at a time, and none after it before the
 * callback has run or read() was called (:327, :424); :417 the count is that of the moment it is called, and there is no
 * call for 0. After close() all but close() throws.
 */
interface Options {
  readonly transmit?: number
  readonly receive?: number
  readonly port?: number
  readonly baud: number
  readonly format?: unknown
  readonly onReadable?: ((count: number) => void) | null
  readonly onWritable?: ((count: number) => void) | null
  readonly target?: unknown
}

class Serial {
  declare target: unknown
  #port: number | undefined
  #format: string
  #handle = 0

  constructor(dictionary: Options) {
    const transmit = pinOf(dictionary, 'transmit')
    const receive = pinOf(dictionary, 'receive')
    if (receive === NO_PIN && transmit === NO_PIN) throw new Error('invalid')
    let port = 0
    if (has(dictionary, 'port')) {
      if (dictionary.port === undefined) throw new Error('invalid')
      port = toInteger(dictionary.port)
      if (port < 0 || port > 2) throw new RangeError('invalid port')
    }
    const baud = toInteger(dictionary.baud)
    if (baud <= 0 || baud > 20_000_000) throw new RangeError('invalid baud')
    const onReadable = callbackOf(dictionary.onReadable)
    if (callbackOf(dictionary.onWritable) !== undefined) throw new Error('the board rig has no onWritable of Serial')
    if (has(dictionary, 'target')) this.target = dictionary.target
    const format = formatOf(dictionary, 'buffer')
    if (format !== 'number' && format !== 'buffer') throw new RangeError('invalid format')
    if (receive !== NO_PIN && onReadable !== undefined) {
      this.#handle = hold(() => {
        const count: number = world('serial.deliver', port)
        if (count > 0) onReadable.call(this, count)
        world('serial.listen', port)
      })
    }
    world('serial.open', port, baud, transmit, receive, this.#handle)
    this.#port = port
    this.#format = format
  }

  close(): void {
    if (this.#port === undefined) return
    world('serial.close', this.#port)
    drop(this.#handle)
    this.#port = undefined
  }

  read(amount?: unknown): ArrayBuffer | number | undefined {
    const port = this.#opened()
    const available: number = world('serial.available', port)
    if (available === 0) return undefined
    if (this.#format === 'number') return new Uint8Array(world('serial.read', port, 1))[0]
    // biome-ignore lint/complexity/noArguments: undefined is a length too
    if (arguments.length === 0) return world('serial.read', port, available)
    if (typeof amount === 'object' && amount !== null) {
      const into = viewOf(amount)
      const requested = Math.min(into.length, available)
      if (requested <= 0) throw new Error('invalid')
      into.set(new Uint8Array(world('serial.read', port, requested)))
      return requested
    }
    const requested = toInteger(amount)
    if (requested <= 0) throw new Error('invalid')
    return world('serial.read', port, requested)
  }

  write(data: unknown): void {
    const port = this.#opened()
    // biome-ignore lint/complexity/noArguments: the C function throws
    requireArguments(arguments.length, 1)
    const bytes = this.#format === 'number' ? Uint8Array.of(toInteger(data)).buffer : bytesOf(data)
    if (!world('serial.write', port, bytes)) throw new Error('output full')
  }

  get format(): string {
    this.#opened()
    return this.#format
  }

  set format(value: string) {
    this.#opened()
    const format = formatOf({ format: value || 'none' }, '')
    if (format === undefined) throw new RangeError('unknown')
    if (format !== 'number' && format !== 'buffer') throw new RangeError('unimplemented')
    this.#format = format
  }

  #opened(): number {
    checkOpen(this.#port !== undefined)
    return this.#port!
  }
}

export default Serial

const NO_PIN = -1

function pinOf(dictionary: Options, name: 'transmit' | 'receive'): number {
  if (!has(dictionary, name)) return NO_PIN
  const pin = toPin(dictionary[name])
  if (!world('pins.isFree', pin)) throw new Error('in use')
  return pin
}
