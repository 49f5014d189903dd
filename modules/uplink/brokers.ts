import type { Settings } from '../storage/settings.js'
import type { Broker } from './session.js'

/**
 * So many attempts in a row fail before the other broker is tried. The session makes one every 6 s, so these take about
 * 5 minutes.
 */
const PATIENCE = 48

/** The brokers to try: the stored one, and the one before while the stored one has not answered; that one comes second. */
export function brokersOf(settings: Readonly<Settings>): readonly Broker[] {
  const { mqttHost, mqttPort, mqttUser, mqttPassword } = settings
  const first = { host: mqttHost, port: mqttPort, user: mqttUser, password: mqttPassword }
  const previous = previousOf(settings)
  return previous.host === '' ? [first] : [first, previous]
}

/**
 * The settings that make a new broker the first choice; none when it is that already. A broker that has answered stays
 * as the one before, however often the user corrects the new one.
 */
export function withBroker(settings: Readonly<Settings>, changes: Partial<Broker>): Partial<Settings> {
  const [present] = brokersOf(settings)
  const broker = { ...present!, ...changes }
  if (isSameBroker(broker, present!)) return {}
  const first = { mqttHost: broker.host, mqttPort: broker.port, mqttUser: broker.user, mqttPassword: broker.password }
  const previous = previousOf(settings)
  if (isSameBroker(broker, previous)) return { ...first, ...answered() }
  if (!settings.mqttAnswered) return first
  const { host, port, user, password } = present!
  return {
    ...first,
    mqttAnswered: false,
    previousMqttHost: host,
    previousMqttPort: port,
    previousMqttUser: user,
    previousMqttPassword: password,
  }
}

/** The settings to store after the first choice has answered: the broker before is needed no more. */
export function answered(): Partial<Settings> {
  return {
    mqttAnswered: true,
    previousMqttHost: '',
    previousMqttPort: 0,
    previousMqttUser: '',
    previousMqttPassword: '',
  }
}

/** Which of the brokers is tried: one after the other, until one of them answers. */
export class BrokerChoice {
  #isPrevious = false
  #failures = 0

  /** The broker to connect to now. */
  of(brokers: readonly Broker[]): Broker {
    return (this.#isPrevious ? brokers[1] : undefined) ?? brokers[0]!
  }

  /** Whether the broker before is used although another one is stored. */
  isPrevious(brokers: readonly Broker[]): boolean {
    return this.#isPrevious && brokers.length > 1
  }

  /** Begins with the first choice again. @param patience how many attempts it has */
  restart(patience = PATIENCE): void {
    this.#isPrevious = false
    this.#failures = PATIENCE - patience
  }

  /** A connection is gone, or did not come to be. */
  onLost(brokers: readonly Broker[]): void {
    if (++this.#failures < PATIENCE) return
    this.#failures = 0
    this.#isPrevious = !this.isPrevious(brokers) && brokers.length > 1
  }

  onAnswered(): void {
    this.#failures = 0
  }
}

function previousOf(settings: Readonly<Settings>): Broker {
  return {
    host: settings.previousMqttHost,
    port: settings.previousMqttPort,
    user: settings.previousMqttUser,
    password: settings.previousMqttPassword,
  }
}

export function isSameBroker(one: Broker, other: Broker): boolean {
  return (
    one.host === other.host && one.port === other.port && one.user === other.user && one.password === other.password
  )
}
