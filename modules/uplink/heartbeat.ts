import type { Clock, Timer } from '../ports/clock.js'

const EVERY = 30_000
const DEADLINE = 7_000

export interface HeartbeatHost {
  /** Sends PINGREQ; false when it cannot go out now. */
  ping(): boolean
  /** A ping was answered after this many ms; undefined when it was not. */
  onPing(ms: number | undefined): void
}

/** Asks every half a minute whether the broker is still there. */
export class Heartbeat {
  #clock: Clock
  #host: HeartbeatHost
  #next: Timer | undefined
  #deadline: Timer | undefined
  #sentAt = 0

  constructor(clock: Clock, host: HeartbeatHost) {
    this.#clock = clock
    this.#host = host
  }

  start(): void {
    this.#next = this.#clock.set(() => {
      if (this.#host.ping()) {
        this.#sentAt = this.#clock.now()
        this.#deadline = this.#clock.set(() => this.#host.onPing(undefined), DEADLINE)
      }
      this.start()
    }, EVERY)
  }

  /** PINGRESP. One that nobody waits for means nothing. */
  onPong(): void {
    if (this.#deadline === undefined) return
    this.#clock.clear(this.#deadline)
    this.#deadline = undefined
    this.#host.onPing(this.#clock.now() - this.#sentAt)
  }

  stop(): void {
    this.#clock.clear(this.#next)
    this.#clock.clear(this.#deadline)
    this.#next = undefined
    this.#deadline = undefined
  }
}
