import { GATTClient } from 'embedded:io/bluetoothle/central'
import Timer from 'timer'
import type { BleConnection, BleConnectOptions } from '../ports/ble.js'

/** The SDK's typings do not know the option `mtu` (bleclient.c:519), nor that nothing is told with a disconnection (bleclient.c:769). */
interface ClientOptions {
  readonly address: string
  readonly mtu: number
  onReady(): void
  onReadable(count: number): void
  onError(error?: Error): void
}

/* Bits of the value of a client characteristic configuration (Core specification, 3.G 3.3.3.3). */
const NOTIFY = 1
const INDICATE = 2
const CONFIGURATION = '2902'

/** A connection: the SDK's client, and the callbacks that its user may still get. */
export class BleLink implements BleConnection {
  #options: BleConnectOptions
  #onReleased: () => void
  #client: GATTClient | undefined
  #isOpen = true

  /** `onReleased` is called when the radio has let go, at least once. */
  constructor(options: BleConnectOptions, onReleased: () => void) {
    this.#options = options
    this.#onReleased = onReleased
  }

  start(): void {
    if (!this.#isOpen) return this.#onReleased()
    const { address, mtu } = this.#options
    const options: ClientOptions = {
      address,
      mtu,
      onReady: () => {
        if (this.#isOpen) this.#options.onReady()
      },
      onReadable: (count) => this.#onReadable(count),
      onError: (error) => this.#onGone(error === undefined ? 'disconnected' : `connecting failed: ${error.message}`),
    }
    try {
      this.#client = new GATTClient(options)
    } catch (error) {
      // There is no memory for it.
      Timer.set(() => this.#onGone(`cannot connect: ${error}`))
    }
  }

  subscribe(service: string, characteristic: string, onDone: (error: string | undefined) => void): void {
    const client = this.#client
    if (client === undefined || !this.#isOpen) return onDone('not connected')
    // After close() results still come, and a client that is closing throws when it is asked for more.
    const take = <T>(what: string, next: (found: T) => void) => {
      return (error: Error | null, found?: readonly T[]) => {
        if (!this.#isOpen) return
        const first = found?.[0]
        if (first === undefined) return onDone(error ? `${what}: ${error.message}` : `no ${what}`)
        ask(() => next(first))
      }
    }
    const ask = (request: () => void) => {
      try {
        request()
      } catch (error) {
        onDone(String(error))
      }
    }
    // The SDK's own subscribe() throws, which restarts the machine, where a characteristic has no configuration.
    ask(() =>
      client.getPrimaryServices(
        [service],
        take(`service ${service}`, (found) =>
          client.getCharacteristics(
            found,
            [characteristic],
            take(`characteristic ${characteristic}`, (source) =>
              client.getDescriptors(
                source,
                [CONFIGURATION],
                take('configuration', (descriptor) =>
                  client.write(descriptor, Uint8Array.of(modeOf(source.properties), 0), (error) => {
                    if (this.#isOpen) onDone(error ? `notifications: ${error.message}` : undefined)
                  }),
                ),
              ),
            ),
          ),
        ),
      ),
    )
  }

  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    // This also cancels an attempt to connect, which the SDK would never give up.
    this.#client?.close(() => this.#release())
  }

  /** Tells the user that there is no connection, unless it knows. */
  refuse(reason: string): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#options.onClosed(reason)
  }

  /**
   * Reads what was announced and no more: the SDK's read() of an empty queue is a null pointer. The SDK keeps only the
   * first buffer of a notification, which is all of it where the peer takes the longer packets that NimBLE asks for; at
   * other peers only an MTU of 23 is safe.
   */
  #onReadable(count: number): void {
    for (let i = 0; i < count && this.#isOpen; i++) {
      const bytes = this.#client?.read()
      if (bytes !== undefined) this.#options.onNotification(new Uint8Array(bytes))
    }
  }

  /** The peer is gone or was never reached. Frees the SDK's client, which nothing holds on to any more. */
  #onGone(reason: string): void {
    this.#client?.close()
    this.#release()
    this.refuse(reason)
  }

  #release(): void {
    this.#client = undefined
    this.#onReleased()
  }
}

function modeOf(properties: number): number {
  return properties & GATTClient.properties.notify ? NOTIFY : INDICATE
}
