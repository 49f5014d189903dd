import { Backoff } from '../codec/backoff.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { WifiPort } from '../ports/wifi.js'

export interface StationOptions {
  readonly clock: Clock
  readonly wifi: WifiPort
  readonly random: () => number
  onUp(): void
  onDown(): void
  log(text: string): void
}

const JOIN_DEADLINE = 20_000
const FIRST_RETRY = 1_000
const SLOWEST_RETRY = 8_000

/** Keeps the station in one Wi-Fi network: joins at once, and again whenever the network goes. */
export class Station {
  #options: StationOptions
  #backoff: Backoff
  #ssid = ''
  #password = ''
  #attempt = 0
  #up = false
  #timer: Timer | undefined

  constructor(options: StationOptions) {
    this.#options = options
    this.#backoff = new Backoff(FIRST_RETRY, SLOWEST_RETRY, options.random)
  }

  get up(): boolean {
    return this.#up
  }

  start(ssid: string, password: string): void {
    this.#ssid = ssid
    this.#password = password
    this.#backoff.reset()
    this.#join()
  }

  stop(): void {
    this.#attempt++
    this.#options.clock.clear(this.#timer)
    this.#options.wifi.leave()
    this.#setDown()
  }

  #join(): void {
    const { clock, wifi, log } = this.#options
    const attempt = ++this.#attempt
    log(`wifi: joining ${this.#ssid}`)
    this.#timer = clock.set(() => this.#retry('no address in time'), JOIN_DEADLINE)
    wifi.join(this.#ssid, this.#password, {
      onUp: () => {
        if (attempt !== this.#attempt || this.#up) return
        clock.clear(this.#timer)
        this.#backoff.reset()
        this.#up = true
        log('wifi: connected')
        this.#options.onUp()
      },
      onDown: (reason) => {
        if (attempt === this.#attempt) this.#retry(reason)
      },
    })
  }

  #retry(reason: string): void {
    const { clock, wifi, log } = this.#options
    this.#attempt++
    clock.clear(this.#timer)
    wifi.leave()
    this.#setDown()
    const wait = this.#backoff.next()
    log(`wifi: ${reason}; next attempt in ${wait} ms`)
    this.#timer = clock.set(() => this.#join(), wait)
  }

  #setDown(): void {
    if (!this.#up) return
    this.#up = false
    this.#options.onDown()
  }
}
