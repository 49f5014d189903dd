import { GAPClient } from 'embedded:io/bluetoothle/central'
import { BleLink } from 'device/ble-link'
import type { Machine } from 'device/machine'
import Timer from 'timer'
import { decodeUtf8 } from '../codec/utf8.js'
import type { BleConnection, BleConnectOptions, BlePeer, BlePort } from '../ports/ble.js'
import type { Faults } from './faults.js'

/* Bluetooth assigned numbers: types of advertisement data. */
const COMPLETE_NAME = 9
const SHORT_NAME = 8

/** Scanners after which the SDK starts NimBLE anew: it counts them in 8 bits. */
const SCANNERS_A_START = 256

const WEAKEST = -127

/** The radio's BLE side. NimBLE starts with the first scan, so that it takes no memory before. */
export function openBle(machine: Machine, faults: Faults): BlePort | undefined {
  return new DeviceBle(machine, faults)
}

class DeviceBle implements BlePort {
  #idf: Machine['idf']
  #faults: Faults
  #scanner: GAPClient | undefined
  /** Since NimBLE was started; 0 while it is not. */
  #scanners = 0
  /** The connection that the radio holds, and the one that waits for it to let go. */
  #link: BleLink | undefined
  #next: BleLink | undefined

  constructor({ idf }: Machine, faults: Faults) {
    this.#idf = idf
    this.#faults = faults
  }

  scan(onFound: (peer: BlePeer) => void): void {
    this.stopScan()
    // The SDK's scanner works once for each start of NimBLE: it is registered only where that is started.
    if (this.#scanners > 0) this.restart()
    try {
      const scanner = new GAPClient({
        onReadable: (count) => {
          // The callback may stop the scan, and a closed scanner throws.
          for (let i = 0; i < count && scanner === this.#scanner; i++) {
            // The SDK's typings leave out that there may be none (bleclient.c:220).
            const advertisement: Advertisement | undefined = scanner.read()
            const name = advertisement === undefined ? '' : nameOf(advertisement)
            if (advertisement === undefined || name === '') continue
            onFound({ name, address: advertisement.address, rssi: advertisement.rssi ?? WEAKEST })
          }
        },
      })
      this.#scanner = scanner
      this.#scanners++
    } catch (error) {
      // There is no memory for it, before it is counted (bleclient.c:175).
      this.#faults.report('BLE scan', error)
    }
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
    this.#faults.isOk('nimble_port_stop', this.#idf.nimble_port_stop())
    this.#faults.isOk('nimble_port_deinit', this.#idf.nimble_port_deinit())
    // The SDK does not know that NimBLE is down; these scanners bring its counter to 0, and the next one starts NimBLE.
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

interface Advertisement {
  readonly address: string
  readonly rssi?: number
  get(type: number): ArrayBuffer | undefined
}

/** The SDK's own getter throws, which restarts the machine, at a neighbour's name that is no UTF-8. */
function nameOf(advertisement: Advertisement): string {
  const name = advertisement.get(COMPLETE_NAME) ?? advertisement.get(SHORT_NAME)
  return name === undefined ? '' : decodeUtf8(new Uint8Array(name))
}
