import type { Clock, Timer } from '../ports/clock.js'
import type { WifiPort } from '../ports/wifi.js'
import { type Credentials, isSame } from './credentials.js'
import { NOT_FOUND } from './reasons.js'

export interface FirstChoiceOptions {
  readonly clock: Clock
  readonly wifi: WifiPort
  /** The first of the stored networks, as it is now; undefined before set-up. */
  first(): Credentials | undefined
  /** The network that the station is in; undefined while it is in none. */
  current(): Credentials | undefined
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
  #look = 0
  #timer: Timer | undefined

  constructor(options: FirstChoiceOptions) {
    this.#options = options
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
    const first = this.#options.first()
    const current = this.#options.current()
    if (first === undefined) return
    if (current === undefined) return this.#options.rejoin()
    if (isSame(first, current)) return
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
        if (isInRange) this.#options.rejoin()
        else this.reason = NOT_FOUND
      },
    )
  }
}
