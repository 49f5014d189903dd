/** What mosquitto tells of itself: how many messages it has dropped because a client's queue was full, since it was started. */
export const DROPPED_TOPIC = '$SYS/broker/publish/messages/dropped'

/** A broker that has fewer messages under way holds back a bridge whose database takes thousands at once. */
const ENOUGH = 200
/** Fewer are what comes by itself. */
const FEW = 20
/** So many times in a row within so many ms the same number was under way. */
const ROUNDS = 50
const WITHIN = 10_000

export interface BrokerWatchOptions {
  /** The broker's URL as it may be shown. */
  readonly shown: string
  /** ms */
  now(): number
  say(line: string): void
}

/** Names each limit of the broker that the bridge notices, once. */
export class BrokerWatch {
  #options: BrokerWatchOptions
  #dropped = 0
  #waiting = 0
  #most = 0
  #rounds = 0
  #began = 0
  #isAcknowledging = false
  #isSaid = false
  #hasBeenHere = false

  constructor(options: BrokerWatchOptions) {
    this.#options = options
  }

  /** @param isKnown whether the broker has kept the session @param hasRun whether there was one before this process, as far as is known */
  onConnected(isKnown: boolean, hasRun: boolean): void {
    this.#waiting = 0
    if (!isKnown && (this.#hasBeenHere || hasRun))
      this.#say(
        'the broker has kept nothing for this bridge: what devices said while it was away is lost (persistence)',
      )
    this.#hasBeenHere = true
  }

  /** @param text of `DROPPED_TOPIC` */
  onDropped(text: string): void {
    const dropped = /^[0-9]{1,15}$/.test(text) ? Number(text) : 0
    // It is told every few seconds; a line for each doubling is enough.
    if (dropped >= 2 * this.#dropped && dropped > 0) {
      this.#say(
        `the broker has dropped ${dropped} messages since its start: the queue of a client was full (max_queued_messages)`,
      )
      this.#dropped = dropped
    } else if (dropped < this.#dropped / 2) this.#dropped = dropped
  }

  onMessage(): void {
    this.#waiting++
    this.#isAcknowledging = false
  }

  onAcknowledged(): void {
    if (!this.#isAcknowledging) this.#onRound(this.#waiting)
    this.#isAcknowledging = true
    this.#waiting = Math.max(0, this.#waiting - 1)
  }

  /** Many have waited for the database, as many as the last time: the broker sends no more at once. */
  #onRound(waiting: number): void {
    const now = this.#options.now()
    if (waiting !== this.#most || now - this.#began > WITHIN) {
      this.#most = waiting
      this.#rounds = 0
      this.#began = now
    }
    if (++this.#rounds < ROUNDS || waiting < FEW || waiting >= ENOUGH || this.#isSaid) return
    this.#isSaid = true
    this.#say(
      `the broker sends no more than ${waiting} messages at once, which holds this bridge back (max_inflight_messages)`,
    )
  }

  #say(line: string): void {
    this.#options.say(`${this.#options.shown}: ${line}`)
  }
}
