import type { Clock } from '../ports/clock.js'
import { Backoff } from '../time/backoff.js'

const FIRST_RETRY = 1_000
/** From the beginning of one attempt to the next, while nobody lets us in. */
const SLOWEST_RETRY = 8_000
/** A connection that lasts as long is no sign of trouble when it ends. */
const STEADY = 60_000
/** After connections that do not last: somebody else has our client id, or the broker breaks the protocol. */
const SLOWEST_RETURN = 60_000

/** When the device calls the broker again. */
export class ReturnPolicy {
  #clock: Clock
  /** Between attempts that do not come to be, until a connection has been of use. */
  #retries: Backoff
  /** Between connections that come to be and do not last. */
  #returns: Backoff
  #openedAt = 0
  /** Undefined until the broker has let us in. */
  #connectedAt: number | undefined

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock
    this.#retries = new Backoff(FIRST_RETRY, SLOWEST_RETRY, random)
    this.#returns = new Backoff(FIRST_RETRY, SLOWEST_RETURN, random)
  }

  /** All begins anew. */
  reset(): void {
    this.#retries.reset()
    this.#returns.reset()
  }

  onOpened(): void {
    this.#openedAt = this.#clock.now()
    this.#connectedAt = undefined
  }

  onConnected(): void {
    this.#connectedAt = this.#clock.now()
  }

  /** The broker has done something for the device. */
  onUse(): void {
    this.#retries.reset()
  }

  /**
   * Milliseconds until the next attempt. CONNACK alone makes no attempt come sooner, else a broker could keep us busy.
   * @param isFault whether the broker has broken the protocol
   */
  next(isFault: boolean): number {
    const now = this.#clock.now()
    const connectedAt = this.#connectedAt
    if (connectedAt !== undefined && now - connectedAt >= STEADY) this.reset()
    if (connectedAt !== undefined || isFault) return this.#returns.next()
    return this.#retries.next(now - this.#openedAt)
  }
}
