import { createCipheriv } from 'node:crypto'
import { crc16En13757 } from '../modules/codec/crc16-en13757.js'
import { fromHex } from '../modules/codec/hex.js'
import type { Clock, Timer } from '../modules/ports/clock.js'
import { type WaterDisplay, WaterUse } from './water-use.js'

/** A telegram that a meter has sent, for comparison with its sample. */
export interface SentTelegram {
  /** On the clock of the simulation, in ms. */
  readonly at: number
  readonly frame: Uint8Array
  readonly full: boolean
  /** The display at that moment. */
  readonly display: WaterDisplay
}

export interface WaterMeterOptions {
  readonly clock: Clock
  readonly random: () => number
  /** 8 digits. */
  readonly id: string
  /** Undefined for a stranger's meter, whose telegrams have the right form and unreadable content. */
  readonly key?: Uint8Array
  /** Puts a frame on the air: format B, the L field first, the link-layer checksum last. */
  send(frame: Uint8Array): void
  onSent?(telegram: SentTelegram): void
}

const PERIOD = 16_000
const JITTER = 300

const SND_NR = 0x44
/** KAM, packed as three letters of five bits. */
const KAM = [0x2d, 0x2c]
/** Version of the FlowIQ 2101, cold water. */
const FLOWIQ_2101 = [0x1f, 0x16]
const ELL = 0x8d
const SYNCHRONOUS = 0x20
/** Bits of the control byte that repeaters change, and that are not part of the counter. */
const HOPS_AND_REPEATED = 0x12
const AES_CTR = 1 << 29

const FULL = 0x78
const COMPACT = 0x79

/** DIF and VIF of the records: status, total, total of the last month, least water and mean ambient temperature. */
const HEADERS = ['02ff20', '0413', '4413', 'a1015b', '8101e7ff0f'].map((hex) => fromHex(hex)!)
const SIGNATURE = checksum(join(HEADERS))

/** A water meter that sends as a FlowIQ 2101 does (docs/protocol/wireless-mbus.md). */
export class SimulatedWaterMeter {
  #options: WaterMeterOptions
  #waterUse: WaterUse
  /** Link-layer address: manufacturer, number, version, kind. */
  #address: Uint8Array
  #timer: Timer | undefined
  #access: number
  #minute = -1
  #session = 0
  /** The number from 0 to 7 of the telegram that is full. */
  #phase: number
  #epoch: number
  #rubbish: Uint8Array

  constructor(options: WaterMeterOptions) {
    const { clock, random, id } = options
    const below = (limit: number) => Math.floor(random() * limit)
    this.#options = options
    this.#waterUse = new WaterUse(clock, random)
    this.#address = Uint8Array.of(...KAM, ...fromHex(id)!.reverse(), ...FLOWIQ_2101)
    this.#access = below(256)
    this.#phase = below(8)
    this.#epoch = below(1 << 22)
    this.#rubbish = Uint8Array.from({ length: 64 }, () => below(256))
    this.#timer = clock.set(() => this.#send(), random() * PERIOD)
  }

  /** Status bits: 1 dry, 2 reverse, 4 leak, 8 burst; durations above. */
  set status(status: number) {
    this.#waterUse.status = status
  }

  close(): void {
    this.#options.clock.clear(this.#timer)
  }

  #send(): void {
    const { clock, random, key, send, onSent } = this.#options
    this.#timer = clock.set(() => this.#send(), PERIOD + (2 * random() - 1) * JITTER)
    const full = this.#access % 8 === this.#phase
    const display = this.#waterUse.display()
    const control = Uint8Array.of(SYNCHRONOUS, this.#access, ...u32(this.#sessionNumber()))
    const frame = this.#frame(control, key === undefined ? this.#strange(full) : this.#payload(control, full, display))
    this.#access = (this.#access + 1) & 0xff
    send(frame)
    onSent?.({ at: clock.now(), frame, full, display })
  }

  /** Returns the session number: minutes, and the number of the telegram within the minute. */
  #sessionNumber(): number {
    const minute = this.#epoch + Math.floor(this.#options.clock.now() / 60_000)
    this.#session = minute === this.#minute ? this.#session + 1 : 0
    this.#minute = minute
    return AES_CTR | (minute << 4) | this.#session
  }

  #frame(control: Uint8Array, payload: Uint8Array): Uint8Array {
    const length = 1 + this.#address.length + 1 + control.length + payload.length + 2
    const frame = join([Uint8Array.of(length, SND_NR), this.#address, Uint8Array.of(ELL), control, payload])
    const crc = crc16En13757(frame, 0, frame.length)
    return join([frame, Uint8Array.of(crc >> 8, crc & 0xff)])
  }

  /** Returns rubbish of the length of a real payload. */
  #strange(full: boolean): Uint8Array {
    return this.#rubbish.subarray(0, full ? 30 : 19)
  }

  #payload(control: Uint8Array, full: boolean, display: WaterDisplay): Uint8Array {
    const values = [
      u16(display.status),
      u32(display.litres),
      u32(display.lastMonth),
      Uint8Array.of(display.water),
      Uint8Array.of(display.ambient),
    ]
    const records = join(HEADERS.flatMap((header, i) => [header, values[i]!]))
    const clear = full
      ? join([Uint8Array.of(FULL), records])
      : join([Uint8Array.of(COMPACT), u16(SIGNATURE), u16(checksum(records)), ...values])
    const counter = new Uint8Array(16)
    counter.set(this.#address)
    counter[8] = control[0]! & ~HOPS_AND_REPEATED
    counter.set(control.subarray(2), 9)
    const cipher = createCipheriv('aes-128-ctr', this.#options.key!, counter)
    return join([cipher.update(u16(checksum(clear))), cipher.update(clear)])
  }
}

function checksum(bytes: Uint8Array): number {
  return crc16En13757(bytes, 0, bytes.length)
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts))
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, value >> 8)
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value, true)
  return bytes
}
