import type { Clock, Timer } from '../ports/clock.js'
import { NOT_FOUND } from '../ports/join-failure.js'
import type { WifiPort } from '../ports/wifi.js'
import { type Credentials, isSame } from './credentials.js'

export interface FirstChoiceOptions {
  readonly clock: Clock
  readonly wifi: WifiPort
}

/** The stored networks. */
export interface Stored {
  /** The stored networks as they are now, the first choice first; none before set-up. */
  candidates(): readonly Credentials[]
}

/** The station, as far as the look for the first choice needs it. An object, because closures would take more RAM. */
export interface Rejoining {
  /** The network that the station is in; undefined while it is in none. */
  readonly network: Credentials | undefined
  /** Leaves the network and joins the stored ones again, the first choice first. */
  rejoin(): void
}

/**
 * Time between two looks for the first choice: 96 looks a day. The SDK loses some memory with each look
 * (docs/sdk-limits.md).
 */
const LOOK_EVERY = 900_000

/** Looks for the first choice while the station is in another network. */
export class FirstChoice {
  /** Why the station could not use the first choice; undefined when it has not tried. */
  reason: string | undefined
  #options: FirstChoiceOptions
  #stored: Stored
  #station: Rejoining
  #look = 0
  #timer: Timer | undefined

  constructor(options: FirstChoiceOptions, stored: Stored, station: Rejoining) {
    this.#options = options
    this.#stored = stored
    this.#station = station
  }

  /** Looks after `ms`, and then every 15 minutes until `stop`. */
  start(ms = LOOK_EVERY): void {
    const { clock } = this.#options
    clock.clear(this.#timer)
    this.#timer = clock.set(() => this.#onTimer(), ms)
  }

  stop(): void {
    this.#look++
    this.#options.clock.clear(this.#timer)
  }

  #onTimer(): void {
    const [first] = this.#stored.candidates()
    const { network } = this.#station
    if (first === undefined) return
    if (network === undefined) return this.#station.rejoin()
    if (isSame(first, network)) return
    this.start()
    // A network that works is better than one that refused the device before.
    if (this.reason === undefined || this.reason === NOT_FOUND) this.#scan(first.ssid)
  }

  #scan(name: string): void {
    const look = ++this.#look
    let isInRange = false
    this.#options.wifi.scan(
      ({ ssid }) => {
        isInRange ||= ssid === name
      },
      () => {
        if (look !== this.#look) return
        if (isInRange) this.#station.rejoin()
        else this.reason = NOT_FOUND
      },
    )
  }
}
