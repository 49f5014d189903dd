import type { Delivery } from '../delivery/delivery.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { SettingsStore } from '../storage/settings-store.js'
import { answered, brokersOf, isSameBroker } from './brokers.js'
import type { Broker } from './session.js'

export interface BrokerChoiceOptions {
  readonly clock: Clock
  readonly settings: SettingsStore
  readonly delivery: Pick<Delivery, 'forget'>
}

/** The events of the choice. An object, because closures would take more RAM. */
export interface BrokerChoiceHost {
  /** Drops the connection and opens it again, to the broker that is chosen now. */
  reconnect(): void
  /** The stored broker has answered: it needs no other one beside it. */
  onBrokerAnswered(): void
}

/** Time for the replies to the command that has changed the broker, in ms. */
const AFTER_CHANGE = 2_000
/** Time that a broker has to answer before the device tries the other one, in ms. */
const PATIENCE = 300_000
/** Time between two attempts with the stored broker while the one before answers, and the time for each, in ms. */
const TRY_AGAIN = 3_600_000
const TRY_FOR = 30_000

/** Chooses the broker: the stored one, or the one before where the stored one does not answer. */
export class BrokerChoice {
  #options: BrokerChoiceOptions
  #host: BrokerChoiceHost
  #isPrevious = false
  /** When the broker had its first chance, or answered last. */
  #since = 0
  /** The broker of the present connection or of the last one. */
  #called: Broker | undefined
  #timer: Timer | undefined

  constructor(options: BrokerChoiceOptions, host: BrokerChoiceHost) {
    this.#options = options
    this.#host = host
  }

  /** Whether the broker before is called or connected, because the stored one has not answered. */
  get usesPrevious(): boolean {
    return this.#isPrevious && this.#brokers().length > 1
  }

  /** The broker to connect to now. Called before every connection. */
  next(): Broker {
    const brokers = this.#brokers()
    const broker = (this.#isPrevious ? brokers[1] : undefined) ?? brokers[0]!
    const { host, port } = this.#called ?? {}
    const isOther = this.#called === undefined ? brokers.length > 1 : host !== broker.host || port !== broker.port
    // Another broker knows nothing of what the one before has taken.
    if (isOther) this.#options.delivery.forget()
    this.#called = broker
    return broker
  }

  /** Another broker is stored: it is called in a moment. */
  onChanged(): void {
    const { clock } = this.#options
    clock.clear(this.#timer)
    this.#timer = clock.set(() => this.#tryFirst(PATIENCE), AFTER_CHANGE)
  }

  /** The network is there, perhaps another one: the time without it does not count. */
  onUp(): void {
    this.#since = this.#options.clock.now()
  }

  /** A connection is gone, or did not come to be. */
  onLost(): void {
    const now = this.#options.clock.now()
    if (now - this.#since < PATIENCE) return
    this.#since = now
    this.#isPrevious = !this.usesPrevious && this.#brokers().length > 1
  }

  /** The broker has taken a message, or the subscription. */
  onAnswered(): void {
    const { settings, clock } = this.#options
    this.#since = clock.now()
    if (this.usesPrevious) {
      this.#timer ??= clock.set(() => this.#tryFirst(TRY_FOR), TRY_AGAIN)
      return
    }
    // The connection may still be that to the broker before, for as long as replies have their time.
    if (!isSameBroker(this.#called!, this.#brokers()[0]!)) return
    settings.update(answered())
    this.#host.onBrokerAnswered()
  }

  /** Gives the stored broker its full time again. */
  restart(patience = PATIENCE): void {
    this.#isPrevious = false
    this.#since = this.#options.clock.now() + patience - PATIENCE
  }

  close(): void {
    this.#options.clock.clear(this.#timer)
  }

  #brokers(): readonly Broker[] {
    return brokersOf(this.#options.settings.values)
  }

  #tryFirst(patience: number): void {
    this.#timer = undefined
    this.restart(patience)
    this.#host.reconnect()
  }
}
