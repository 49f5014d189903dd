import type { Clock, Timer } from '../ports/clock.js'
import type { WifiPort } from '../ports/wifi.js'
import type { Credentials } from './credentials.js'
import { NO_ADDRESS } from './reasons.js'

/** The events of the network that is joined. An object, because closures would take more RAM. */
export interface AssociationHost {
  /** The network has taken the device in, which has no address yet. */
  onAssociated(): void
  /** The device has an address in the network. */
  onJoined(credentials: Credentials): void
  /** The network could not be joined, or is lost. The association is still as it was; the host leaves it. */
  onEnded(reason: string): void
}

/** Covers the association and DHCP, which may take 8 s. */
const JOIN_DEADLINE = 12_000

/** The station's place in one network. It ignores what the radio says of a network that was left meanwhile. */
export class Association {
  #clock: Clock
  #wifi: WifiPort
  #host: AssociationHost
  #state: 'off' | 'joining' | 'up' = 'off'
  /** Number of the current attempt. Callbacks of an earlier one are ignored. */
  #attempt = 0
  #deadline: Timer | undefined

  constructor(clock: Clock, wifi: WifiPort, host: AssociationHost) {
    this.#clock = clock
    this.#wifi = wifi
    this.#host = host
  }

  get up(): boolean {
    return this.#state === 'up'
  }

  join(credentials: Credentials): void {
    const attempt = ++this.#attempt
    this.#state = 'joining'
    this.#deadline = this.#clock.set(() => this.#host.onEnded(NO_ADDRESS), JOIN_DEADLINE)
    this.#wifi.join(credentials.ssid, credentials.password, {
      onAssociated: () => {
        if (attempt === this.#attempt) this.#host.onAssociated()
      },
      onUp: () => {
        if (attempt !== this.#attempt || this.#state !== 'joining') return
        this.#clock.clear(this.#deadline)
        this.#state = 'up'
        this.#host.onJoined(credentials)
      },
      onDown: (reason) => {
        if (attempt === this.#attempt) this.#host.onEnded(reason)
      },
    })
  }

  /** Leaves the network; true when the device had an address in it. */
  leave(): boolean {
    const wasUp = this.up
    this.#attempt++
    this.#state = 'off'
    this.#clock.clear(this.#deadline)
    this.#wifi.leave()
    return wasUp
  }
}
