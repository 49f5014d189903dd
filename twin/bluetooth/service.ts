import { Link } from './link.js'
import type { BluetoothOrder, BluetoothReport } from './messages.js'
import { errorText, type Noble, type Peripheral } from './noble.js'

const ON = 'poweredOn'

/**
 * Carries out orders with the library, and reports what comes of them. It runs in a process of its own, because the
 * library has ways to end the process that it is in: its handlers throw for a peripheral that it has forgotten when the
 * adapter went off (noble.js:760, 802), and a lost D-Bus is an error event that nobody can listen to.
 */
export class BluetoothService {
  #noble: Noble
  #report: (report: BluetoothReport) => void
  #state = 'unknown'
  #warning = ''
  #scans = false
  /** What was heard since the last search began, by address. */
  #heard = new Map<string, Peripheral>()
  #watched = new WeakSet<Peripheral>()
  /** The last one, which may have ended. */
  #link: { readonly number: number; readonly link: Link } | undefined

  constructor(noble: Noble, report: (report: BluetoothReport) => void) {
    this.#noble = noble
    this.#report = report
    // The library's own listener prints to standard error.
    noble.removeAllListeners('warning')
    noble.on('warning', (text) => this.#warn(text))
    // It does not hand on the warnings of its bindings, which are all there is of an error of BlueZ.
    noble._bindings?.on('warning', (text) => this.#warn(text))
    noble.on('discover', (peripheral) => this.#hear(peripheral))
    // Listening to this starts the adapter.
    noble.on('stateChange', (state) => this.#enter(state))
  }

  order(order: Exclude<BluetoothOrder, { readonly do: 'end' }>): void {
    try {
      this.#carryOut(order)
    } catch (error) {
      this.#report({ is: 'failed', detail: errorText(error) })
    }
  }

  /** Lets go of the adapter; `onDone` is called when the peripheral knows, which may be never. */
  end(onDone: () => void): void {
    const stop = () => {
      this.#noble.stop()
      onDone()
    }
    this.#stopScan()
    const { link } = this.#link ?? {}
    link?.close()
    if (link?.peripheral.state === 'disconnecting') link.peripheral.once('disconnect', stop)
    else queueMicrotask(stop)
  }

  #carryOut(order: Exclude<BluetoothOrder, { readonly do: 'end' }>): void {
    switch (order.do) {
      case 'scan':
        this.#heard.clear()
        this.#scans = true
        return this.#startScan()
      case 'stop-scan':
        return this.#stopScan()
      case 'connect':
        return this.#connect(order.link, order.address, order.mtu)
      case 'disconnect':
        if (this.#link?.number === order.link) this.#link.link.close()
        return
      case 'subscribe':
        if (this.#link?.number === order.link && this.#link.link.isOpen)
          this.#link.link.subscribe(order.service, order.characteristic)
    }
  }

  #enter(state: string): void {
    this.#state = state
    this.#report({ is: 'state', state, detail: this.#warning })
    this.#warning = ''
    this.#startScan()
  }

  #startScan(): void {
    if (!this.#scans || this.#state !== ON) return
    // A search that the adapter's going off has ended is still under way for the library.
    this.#noble.stopScanning()
    this.#noble.startScanning([], true)
  }

  #stopScan(): void {
    const wasScanning = this.#scans && this.#state === ON
    this.#scans = false
    if (wasScanning) this.#noble.stopScanning()
  }

  #hear(peripheral: Peripheral): void {
    const name = peripheral.advertisement?.localName
    if (!this.#scans || typeof name !== 'string' || name === '') return
    this.#heard.set(peripheral.id, peripheral)
    this.#watch(peripheral)
    this.#report({ is: 'found', name, address: peripheral.id, rssi: peripheral.rssi })
  }

  /** A connection may come although its request was cancelled. Nobody else could connect while it lasts. */
  #watch(peripheral: Peripheral): void {
    if (this.#watched.has(peripheral)) return
    this.#watched.add(peripheral)
    peripheral.on('connect', (error) => {
      const { link } = this.#link ?? {}
      if (!error && !(link?.isOpen && link.peripheral === peripheral)) peripheral.disconnect()
    })
  }

  #connect(number: number, address: string, mtu: number): void {
    const report = this.#report
    const peripheral = this.#heard.get(address)
    if (peripheral === undefined) return report({ is: 'closed', link: number, reason: 'not heard any more' })
    this.#link?.link.close()
    const link = new Link({ link: number, peripheral, mtu, report })
    this.#link = { number, link }
    link.open()
  }

  #warn(text: string): void {
    this.#warning = text
    if (/failed/.test(text) && this.#state === ON) this.#report({ is: 'failed', detail: text })
  }
}
