import { Backoff } from '../codec/backoff.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { FoundNetwork, WifiPort } from '../ports/wifi.js'

export interface StationOptions {
  readonly clock: Clock
  readonly wifi: WifiPort
  /** The network to join, asked before every attempt; an empty name is none. */
  credentials(): { readonly ssid: string; readonly password: string }
  readonly random: () => number
  onUp(): void
  onDown(): void
  log(text: string): void
}

const JOIN_DEADLINE = 20_000
const FIRST_RETRY = 1_000
const SLOWEST_RETRY = 8_000

/** What `rssi` answers before it was ever measured, as the original. */
const NEVER_MEASURED = 31

/** Keeps the station in one Wi-Fi network: joins at once, and again whenever the network goes. */
export class Station {
  #options: StationOptions
  #backoff: Backoff
  #attempt = 0
  #up = false
  #rssi = NEVER_MEASURED
  #disconnects = 0
  /** Why the station was last down, in the original's words. */
  #reason = 'unspecified'
  #timer: Timer | undefined

  constructor(options: StationOptions) {
    this.#options = options
    this.#backoff = new Backoff(FIRST_RETRY, SLOWEST_RETRY, options.random)
  }

  get up(): boolean {
    return this.#up
  }

  get status(): string {
    return this.#up ? 'connected' : this.#reason
  }

  /** How often the network has gone since power-on. */
  get disconnectCount(): number {
    return this.#disconnects
  }

  /** dBm, the last that was measured. */
  rssi(): number {
    this.#rssi = this.#options.wifi.rssi() ?? this.#rssi
    return this.#rssi
  }

  scan(onFound: (network: FoundNetwork) => void): void {
    this.#options.wifi.scan(onFound)
  }

  start(): void {
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
    const { ssid, password } = this.#options.credentials()
    if (ssid === '') return log('wifi: no network is set up')
    const attempt = ++this.#attempt
    log(`wifi: joining ${ssid}`)
    this.#timer = clock.set(() => this.#retry('no address in time'), JOIN_DEADLINE)
    wifi.join(ssid, password, {
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
    this.#reason = reason
    clock.clear(this.#timer)
    wifi.leave()
    if (this.#up) this.#disconnects++
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
