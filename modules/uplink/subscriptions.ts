import { commandFilter } from '../delivery/topics.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { MqttConnection } from '../ports/mqtt.js'
import { Backoff } from '../time/backoff.js'

/** Return codes of SUBACK from here on refuse. */
const REFUSED = 0x80
const ANSWER_DEADLINE = 7_000
const FIRST_RETRY = 5_000
/** A broker that refuses does so for long, and messages get through meanwhile. */
const SLOWEST_RETRY = 300_000

export interface SubscriptionsOptions {
  readonly clock: Clock
  /** Numbers from 0 to below 1, for the back-off. */
  readonly random: () => number
  log(text: string): void
}

/** What the subscriptions ask and tell. */
export interface SubscriptionsHost {
  /** The numbers whose commands are wanted, the device's own first. */
  numbers(): readonly string[]
  /** A packet id for the next request. */
  nextId(): number
  /** There is something to send. */
  onDue(): void
}

/**
 * What the device wants of the broker, and what the broker has granted: a subscription to the commands of each number, one
 * request after the other. A number that is refused waits until the others have been asked for, and longer each time. A
 * number that is no longer the device's is unsubscribed from, as long as the broker is known to have it.
 */
export class Subscriptions {
  #options: SubscriptionsOptions
  #host: SubscriptionsHost
  /** Numbers that the broker has granted over this connection. */
  #granted: string[] = []
  /** Numbers that the broker's session has, of this connection or an earlier one. */
  #held: string[] = []
  /** Numbers that the broker has refused, or not answered about, in this round. */
  #putOff: string[] = []
  #isDue = false
  /** Packet id of the request that waits for its answer, and the number that it is about. */
  #id: number | undefined
  #number = ''
  #isLeaving = false
  /** Undefined unless something was refused since something was granted. */
  #backoff: Backoff | undefined
  /** Runs until the answer has to be there, or until the next round. */
  #timer: Timer | undefined

  constructor(options: SubscriptionsOptions, host: SubscriptionsHost) {
    this.#options = options
    this.#host = host
  }

  /** Whether the broker has refused the commands of a number, or has not answered about them. */
  get isRefused(): boolean {
    return this.#backoff !== undefined
  }

  /** Asks for what is wanted and not granted yet; at the beginning of a connection, and when the numbers are others. */
  update(): void {
    if (this.#id === undefined) this.#nextRound()
  }

  /** Sends the next request; false when the socket has no room for it. */
  pump(connection: MqttConnection | undefined): boolean {
    if (!this.#isDue) return true
    const number = this.#next()
    this.#isDue = number !== undefined
    if (number === undefined) return true
    const { clock } = this.#options
    const id = this.#host.nextId()
    const isLeaving = !this.#host.numbers().includes(number)
    const filter = commandFilter(number)
    if (!(isLeaving ? connection?.unsubscribe(id, filter) : connection?.subscribe(id, filter, 0))) return false
    this.#isDue = false
    this.#id = id
    this.#number = number
    this.#isLeaving = isLeaving
    this.#timer = clock.set(() => this.#fail(`no answer about the commands of ${number}`), ANSWER_DEADLINE)
    return true
  }

  /** SUBACK; whether it grants what was asked for. */
  onSubscribed(id: number, code: number): boolean {
    if (!this.#ends(id, false)) return false
    if (code >= REFUSED) {
      this.#fail(`the broker refuses the commands of ${this.#number}, code 0x${code.toString(16)}`)
      return false
    }
    this.#granted.push(this.#number)
    if (!this.#held.includes(this.#number)) this.#held.push(this.#number)
    this.#goOn()
    return true
  }

  /** UNSUBACK. */
  onUnsubscribed(id: number): void {
    if (!this.#ends(id, true)) return
    this.#held = without(this.#held, this.#number)
    this.#granted = without(this.#granted, this.#number)
    this.#goOn()
  }

  /** A connection has begun. @param sessionPresent whether the broker has kept what it had granted */
  onConnected(sessionPresent: boolean): void {
    if (!sessionPresent) this.#held.length = 0
  }

  onClosed(): void {
    this.#options.clock.clear(this.#timer)
    this.#timer = undefined
    this.#id = undefined
    this.#isDue = false
    this.#granted.length = 0
    this.#putOff.length = 0
  }

  /** The next number to ask about: first those that are no longer ours, then new ones. */
  #next(): string | undefined {
    const numbers = this.#host.numbers()
    const isOpen = (number: string) => !this.#putOff.includes(number)
    return (
      this.#held.find((number) => !numbers.includes(number) && isOpen(number)) ??
      numbers.find((number) => !this.#granted.includes(number) && isOpen(number))
    )
  }

  /** Whether this answers the request that waits; it waits no longer then. */
  #ends(id: number, isLeaving: boolean): boolean {
    if (id !== this.#id || isLeaving !== this.#isLeaving) return false
    this.#options.clock.clear(this.#timer)
    this.#timer = undefined
    this.#id = undefined
    return true
  }

  #goOn(): void {
    this.#backoff = undefined
    if (this.#next() === undefined && this.#putOff.length > 0) this.#waitForNextRound()
    else this.#ask()
  }

  /** Without a subscription no command arrives: the device asks again, and delivers its messages meanwhile. */
  #fail(reason: string): void {
    this.#id = undefined
    this.#putOff.push(this.#number)
    this.#options.log(`mqtt: ${reason}`)
    if (this.#next() === undefined) this.#waitForNextRound()
    else this.#ask()
  }

  #waitForNextRound(): void {
    const { clock, log, random } = this.#options
    this.#backoff ??= new Backoff(FIRST_RETRY, SLOWEST_RETRY, random)
    const wait = this.#backoff.next()
    log(`mqtt: commands are asked for again in ${wait} ms`)
    this.#timer = clock.set(() => this.#nextRound(), wait)
  }

  #nextRound(): void {
    this.#options.clock.clear(this.#timer)
    this.#timer = undefined
    this.#putOff.length = 0
    this.#ask()
  }

  #ask(): void {
    this.#isDue = true
    this.#host.onDue()
  }
}

function without(numbers: readonly string[], number: string): string[] {
  return numbers.filter((other) => other !== number)
}
