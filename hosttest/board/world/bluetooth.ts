import { encodeUtf8 } from '../../../modules/codec/utf8.js'
import type { BlePort } from '../../../modules/ports/ble.js'
import type { Timer } from '../../../modules/ports/clock.js'
import { Attributes, type Path, VW1871_PATHS } from './attributes.js'
import { GattClients } from './gatt.js'
import type { Hardware, Part } from './hardware.js'
import { Scanners } from './scanners.js'

/** From the start of NimBLE to the first scan. */
const START_TIME = 120

/* NimBLE's results (esp-nimble host/ble_hs.h). */
const DONE = 0
const ALREADY = 2

/**
 * NimBLE as the SDK drives it (MOD/modules/io/ble/client/esp32/bleclient.c, esp-nimble host/src), with the twin's
 * concentrator in the air: one connection, no scanning beside it, and no answer where NimBLE refuses.
 */
export class Bluetooth implements Part {
  readonly operations
  readonly gatt: GattClients
  readonly scanners: Scanners
  /** How often NimBLE has been started. */
  starts = 0
  #hardware: Hardware
  #air: BlePort
  /** The SDK's counter of scanners. */
  #counter = 0
  #running = false
  /** The scanner that waits for NimBLE. */
  #waiting = 0
  #start: Timer | undefined

  constructor(hardware: Hardware, air: BlePort, paths: readonly Path[] = VW1871_PATHS) {
    this.#hardware = hardware
    this.#air = air
    this.scanners = new Scanners(hardware)
    const canConnect = () => this.#running && !this.scanners.active
    this.gatt = new GattClients(hardware, air, new Attributes(paths), canConnect)
    this.operations = {
      'ble.scan': (readable: number) => this.#scan(readable),
      'ble.stopScan': (id: number) => this.#stopScan(id),
      'ble.told': (id: number) => this.scanners.told(id),
      'ble.packet': (id: number) => this.scanners.take(id)?.slice().buffer as ArrayBuffer | undefined,
      ...this.gatt.operations,
      'ffi.nimble_port_stop': () => {
        if (!this.#running) return ALREADY
        this.#air.restart()
        this.#stop()
        return DONE
      },
      'ffi.nimble_port_deinit': () => DONE,
    }
  }

  reset(): void {
    this.#stop()
    this.scanners.clear()
    this.gatt.clear()
    this.#counter = 0
    this.#waiting = 0
  }

  /** Somebody in the air, with the bytes of an advertisement. */
  advertise(address: string, rssi: number, payload: readonly number[]): void {
    const [bytes, type] = address.split('/')
    const head = [
      ...bytes!.split(':').map((byte) => Number.parseInt(byte, 16)),
      Number.parseInt(type!, 16),
      rssi & 0xff,
    ]
    this.scanners.hear(Uint8Array.of(...head, ...payload))
  }

  #scan(readable: number): number {
    const id = this.scanners.open(readable)
    const first = this.#counter === 0
    this.#counter = (this.#counter + 1) & 0xff
    if (!first) {
      if (this.#running) this.#ready()
      return id
    }
    if (this.#running) this.#hardware.crash('embedded:io/bluetoothle/central: NimBLE is started while it runs')
    this.#waiting = id
    this.#start = this.#hardware.clock.set(() => {
      this.#running = true
      this.starts++
      this.#ready()
    }, START_TIME)
    return id
  }

  #ready(): void {
    const id = this.#waiting
    this.#waiting = 0
    if (!this.scanners.start(id)) return
    this.#air.scan(({ name, address, rssi }) => {
      const text = encodeUtf8(name)
      // Flags, which a device has to advertise, and its name.
      this.advertise(address, rssi, [2, 1, 6, text.length + 1, 9, ...text])
    })
  }

  #stopScan(id: number): void {
    if (this.#waiting === id) this.#waiting = 0
    if (this.scanners.close(id)) this.#air.stopScan()
  }

  #stop(): void {
    this.#hardware.clock.clear(this.#start)
    this.#running = false
    if (this.scanners.active) this.#air.stopScan()
    this.scanners.stop()
    this.gatt.stop()
  }
}
