import type { BluetoothReport } from './messages.js'
import { type Characteristic, errorText, nobleUuid, type Peripheral } from './noble.js'

export interface LinkOptions {
  /** Its number in reports. */
  readonly link: number
  readonly peripheral: Peripheral
  readonly mtu: number
  report(report: BluetoothReport): void
}

/**
 * One connection through the library. It reports `closed` at most once, and nothing after that or after `close`, in
 * whatever order the library calls back.
 */
export class Link {
  readonly peripheral: Peripheral
  #options: LinkOptions
  #open = true
  #onDisconnect = (reason?: unknown) => this.#fail(`connection lost (${errorText(reason ?? 'no reason given')})`)

  constructor(options: LinkOptions) {
    this.#options = options
    this.peripheral = options.peripheral
  }

  /** Asks for the connection. The library may call back before it returns. */
  open(): void {
    const { link, peripheral, mtu, report } = this.#options
    // The library would take the connection for a failure: it is left over from a request that was cancelled.
    if (peripheral.state === 'connected') {
      peripheral.disconnect()
      return this.#fail('was still connected')
    }
    peripheral.once('disconnect', this.#onDisconnect)
    peripheral.connect({ mtu }, (error) => {
      if (!this.#open) return
      if (error) return this.#fail(`no connection: ${errorText(error)}`)
      report({ is: 'ready', link })
    })
  }

  get isOpen(): boolean {
    return this.#open
  }

  /** Finds the characteristic and enables its notifications, which may come before the answer. */
  subscribe(service: string, characteristic: string): void {
    const { link, report } = this.#options
    const done = (error?: string) => {
      if (this.#open) report({ is: 'subscribed', link, characteristic, ...(error !== undefined && { error }) })
    }
    const uuids = [nobleUuid(service), nobleUuid(characteristic)] as const
    this.peripheral.discoverServices([uuids[0]], (error, services) => {
      const found = services?.find(({ uuid }) => uuid === uuids[0])
      if (!this.#open) return
      if (found === undefined) return done(error ? errorText(error) : `no service ${service}`)
      found.discoverCharacteristics([uuids[1]], (error, characteristics) => {
        const one = characteristics?.find(({ uuid }) => uuid === uuids[1])
        if (!this.#open) return
        if (one === undefined) return done(error ? errorText(error) : `no characteristic ${characteristic}`)
        this.#enable(one, characteristic, done)
      })
    })
  }

  /** Ends the connection, or the request for one. */
  close(): void {
    if (!this.#open) return
    this.#open = false
    const { peripheral } = this
    peripheral.removeListener('disconnect', this.#onDisconnect)
    if (peripheral.state === 'connecting') peripheral.cancelConnect()
    else if (peripheral.state === 'connected') peripheral.disconnect()
  }

  #enable(one: Characteristic, characteristic: string, done: (error?: string) => void): void {
    const { link, report } = this.#options
    one.on('data', (data) => {
      // A copy: the library may hand out a piece of a larger buffer.
      if (this.#open) report({ is: 'bytes', link, characteristic, bytes: Uint8Array.from(data) })
    })
    one.subscribe((error) => done(error ? `notifications not enabled: ${errorText(error)}` : undefined))
  }

  #fail(reason: string): void {
    if (!this.#open) return
    this.#open = false
    this.peripheral.removeListener('disconnect', this.#onDisconnect)
    this.#options.report({ is: 'closed', link: this.#options.link, reason })
  }
}
