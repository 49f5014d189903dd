import { crc16En13757 } from '../modules/codec/crc16-en13757.js'
import { fromHex } from '../modules/codec/hex.js'
import { encodeUtf8 } from '../modules/codec/utf8.js'
import type { Clock, Timer } from '../modules/ports/clock.js'

export const VW1871_SERIAL = '08000001'

/** The clock shows this at power-on, 2022-05-28 08:30 UTC. */
const FIRST_SECOND = 1_653_726_600
const BACKLOG = 2048
const BATTERY_INTERVAL = 900_000
const MILLIVOLT = 3800

const TELEGRAM = fromHex('fbfbfbf0')!
const BATTERY = fromHex('fbfcfcf0')!
const TRAILER = fromHex('fefe0e0f')!

/** The receiver in a VW1871. It makes a byte stream of what it hears and keeps the beginning while nobody listens. */
export class Vw1871Receiver {
  #clock: Clock
  #poweredAt = 0
  #backlog = new Uint8Array(BACKLOG)
  #length = 0
  #listener: ((item: Uint8Array) => void) | undefined
  #timer: Timer | undefined

  constructor(clock: Clock) {
    this.#clock = clock
    this.powerOn()
  }

  /** Without power it forgets its backlog and the time. */
  powerOn(): void {
    this.#poweredAt = this.#clock.now()
    this.#length = 0
    this.#clock.clear(this.#timer)
    this.#sayBatteryLater()
  }

  /** @param frame as on the air, format B */
  hear(frame: Uint8Array, rssi: number): void {
    const record = new Uint8Array(frame.length + 21)
    const view = new DataView(record.buffer)
    record.set(TELEGRAM)
    record.set(fromHex(VW1871_SERIAL)!.reverse(), 4)
    view.setUint32(8, FIRST_SECOND + Math.floor((this.#clock.now() - this.#poweredAt) / 1000), true)
    record.set([0x61, rssi & 0xff, 0x01], 12)
    record.set(frame, 15)
    const end = 15 + frame.length
    view.setUint16(end, crc16En13757(record, 0, end))
    record.set(TRAILER, end + 2)
    this.#put(record)
  }

  /** Gives the listener the backlog and then what it hears. Pass nothing to stop. */
  listen(listener: ((item: Uint8Array) => void) | undefined): void {
    this.#listener = listener
    if (listener === undefined || this.#length === 0) return
    const backlog = this.#backlog.slice(0, this.#length)
    this.#length = 0
    listener(backlog)
  }

  close(): void {
    this.#clock.clear(this.#timer)
  }

  #sayBatteryLater(): void {
    this.#timer = this.#clock.set(() => {
      this.#put(encodeUtf8(`\r\nBattery Volt = ${MILLIVOLT} mV\r\n`))
      this.#put(Uint8Array.of(...BATTERY, MILLIVOLT & 0xff, MILLIVOLT >> 8, ...TRAILER))
      this.#sayBatteryLater()
    }, BATTERY_INTERVAL)
  }

  /** Passes an item to the listener, or keeps the part of it that the backlog has room for. */
  #put(item: Uint8Array): void {
    if (this.#listener !== undefined) return this.#listener(item)
    const fits = item.subarray(0, BACKLOG - this.#length)
    this.#backlog.set(fits, this.#length)
    this.#length += fits.length
  }
}
