import { PUBLIC_MQTT_PASSWORD, type Settings } from '../storage/settings.js'

export interface Broker {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  /** See `MqttConnectOptions`. */
  readonly certificate: string
}

/** The brokers to try: the stored one, and the one before while the stored one has not answered; that one comes second. */
export function brokersOf(settings: Readonly<Settings>): readonly Broker[] {
  const { mqttHost, mqttPort, mqttUser, mqttPassword, mqttCertificate } = settings
  const first = { host: mqttHost, port: mqttPort, user: mqttUser, password: mqttPassword, certificate: mqttCertificate }
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
  const first = {
    mqttHost: broker.host,
    mqttPort: broker.port,
    mqttUser: broker.user,
    mqttPassword: broker.password,
    mqttCertificate: broker.certificate,
  }
  const previous = previousOf(settings)
  if (isSameBroker(broker, previous)) return { ...first, ...answered() }
  if (!settings.mqttAnswered) return first
  const { host, port, user, password, certificate } = present!
  return {
    ...first,
    mqttAnswered: false,
    previousMqttHost: host,
    previousMqttPort: port,
    previousMqttUser: user,
    previousMqttPassword: password,
    previousMqttCertificate: certificate,
  }
}

/**
 * Whether somebody who names a broker without a password may have the stored one called with it: everybody knows that
 * password, or the same broker hears it. Where the stored broker has to show a certificate, the name alone proves
 * nothing: whoever offers the device a network answers for every name in it.
 */
export function keepsPassword(
  settings: Readonly<Settings>,
  changes: Partial<Pick<Settings, 'mqttHost' | 'mqttCertificate'>>,
): boolean {
  const { mqttHost, mqttPassword, mqttCertificate } = settings
  if (mqttPassword === PUBLIC_MQTT_PASSWORD) return true
  if ((changes.mqttHost ?? mqttHost) !== mqttHost) return false
  return mqttCertificate === '' || (changes.mqttCertificate ?? mqttCertificate) === mqttCertificate
}

/** The settings to store after the first choice has answered: the broker before is needed no more. */
export function answered(): Partial<Settings> {
  return {
    mqttAnswered: true,
    previousMqttHost: '',
    previousMqttPort: 0,
    previousMqttUser: '',
    previousMqttPassword: '',
    previousMqttCertificate: '',
  }
}

function previousOf(settings: Readonly<Settings>): Broker {
  return {
    host: settings.previousMqttHost,
    port: settings.previousMqttPort,
    user: settings.previousMqttUser,
    password: settings.previousMqttPassword,
    certificate: settings.previousMqttCertificate,
  }
}

export function isSameBroker(one: Broker, other: Broker): boolean {
  return (
    one.host === other.host &&
    one.port === other.port &&
    one.user === other.user &&
    one.password === other.password &&
    one.certificate === other.certificate
  )
}
