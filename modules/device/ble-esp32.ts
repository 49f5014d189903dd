import { GAPClient } from 'embedded:io/bluetoothle/central'
import { BleLink } from 'device/ble-link'
import FFI from 'mc/ffi'
import Timer from 'timer'
import { decodeUtf8 } from '../codec/utf8.js'
import type { BleConnection, BleConnectOptions, BlePeer, BlePort } from '../ports/ble.js'

/* Bluetooth assigned numbers: types of advertisement data. */
const COMPLETE_NAME = 9
const SHORT_NAME = 8

/** Scanners after which the SDK starts NimBLE anew: it counts them in 8 bits. */
const SCANNERS_A_START = 256

const WEAKEST = -127

/** The radio's BLE side. NimBLE starts with the first scan, so that it takes no memory before. */
export function openBle(): BlePort | undefined {
  return new DeviceBle()
}

class DeviceBle implements BlePort {
  #scanner: GAPClient | undefined
  /** Since NimBLE was started; 0 while it is not. */
  #scanners = 0
  /** The connection that the radio holds, and the one that waits for it to let go. */
  #link: BleLink | undefined
  #next: BleLink | undefined

  scan(onFound: (peer: BlePeer) => void): void {
    this.stopScan()
    // The SDK's scanner works once for each start of NimBLE: it is registered only where that is started.
    if (this.#scanners > 0) this.restart()
    this.#scanners++
    const scanner = new GAPClient({
      onReadable: (count) => {
        // The callback may stop the scan, and a closed scanner throws.
        for (let i = 0; i < count && scanner === this.#scanner; i++) {
          const advertisement = scanner.read()
          const name = nameOf(advertisement)
          if (name === '') continue
          onFound({ name, address: advertisement.address, rssi: advertisement.rssi ?? WEAKEST })
        }
      },
    })
    this.#scanner = scanner
  }

  stopScan(): void {
    this.#scanner?.close()
    this.#scanner = undefined
  }

  connect(options: BleConnectOptions): BleConnection {
    // NimBLE refuses to connect while it scans, which the SDK does not tell.
    this.stopScan()
    const link: BleLink = new BleLink(options, () => this.#onReleased(link))
    if (this.#scanners === 0) {
      // The SDK would ask a NimBLE that is not there.
      Timer.set(() => link.refuse('no scan since the radio was started'))
    } else if (this.#link === undefined) {
      this.#link = link
      link.start()
    } else {
      // NimBLE has room for one; it would refuse, which the SDK does not tell either.
      this.#next?.close()
      this.#next = link
    }
    return link
  }

  restart(): void {
    this.stopScan()
    this.#next?.close()
    this.#next = undefined
    const link = this.#link
    this.#link = undefined
    link?.close()
    if (this.#scanners === 0) return
    const nimble = new FFI()
    nimble.nimble_port_stop()
    nimble.nimble_port_deinit()
    // The SDK does not know that NimBLE is down; the scanner after these finds its counter at 0 and starts it.
    for (; this.#scanners < SCANNERS_A_START; this.#scanners++) new GAPClient({}).close()
    this.#scanners = 0
  }

  #onReleased(link: BleLink): void {
    if (link !== this.#link) return
    this.#link = this.#next
    this.#next = undefined
    this.#link?.start()
  }
}

/** The SDK's own getter throws, which restarts the machine, at a neighbour's name that is no UTF-8. */
function nameOf(advertisement: { get(type: number): ArrayBuffer | undefined }): string {
  const name = advertisement.get(COMPLETE_NAME) ?? advertisement.get(SHORT_NAME)
  return name === undefined ? '' : decodeUtf8(new Uint8Array(name))
}
