import { parseObject } from '../codec/json.js'
import { decodeUtf8 } from '../codec/utf8.js'

/** Most bytes of a Wi-Fi network's name and of its password. */
export const MAX_SSID = 32
export const MAX_PASSWORD = 64

/** Most bytes of the broker's user and password. */
export const MAX_BROKER_TEXT = 64

/** Stands in this source, so that everybody knows it. */
export const PUBLIC_MQTT_PASSWORD = 'chah5Kai'

/** The values that the device keeps without power. */
export interface Settings {
  /** Digits of the serial number last read from the meter; empty before the first reading. */
  serial: string
  /** The Wi-Fi network to join; empty before set-up. */
  ssid: string
  password: string
  /** The network before that one. It stays until the new one has led to the broker; empty for none. */
  previousSsid: string
  previousPassword: string
  /** The network to join when no other can be joined; empty for none. */
  fallbackSsid: string
  fallbackPassword: string
  mqttHost: string
  mqttPort: number
  mqttUser: string
  mqttPassword: string
  /** SHA-256, 64 lower-case hex digits, of the certificate that must vouch for that broker over TLS; empty without TLS. */
  mqttCertificate: string
  /** Whether that broker has ever answered. Only then it stays beside the next one. */
  mqttAnswered: boolean
  /** The broker before that one. It stays until the new one has answered; the host is empty for none. */
  previousMqttHost: string
  previousMqttPort: number
  previousMqttUser: string
  previousMqttPassword: string
  previousMqttCertificate: string
  /** Whether the device's own access point runs, and its password; it does not run without one. */
  apEnabled: boolean
  apPassword: string
  valveOpen: boolean
  /** The total at which the valve closes: whole kWh, or litres with FLOW_METER. */
  limit: number
  /** The meter's total that the device last believed, in the unit of the limit, and the meter's serial number; -1 and empty when there is none. */
  total: number
  totalSerial: string
  /** An impulse meter's serial number, its reading when counting began (Wh or litres), and its impulses per kWh or m3. */
  impulseSerial: string
  impulseStart: number
  impulsesPerUnit: number
  /** The set-up network's password; empty for the one that is made from the key. */
  portalPassword: string
  /** The start of the concentrator's name, and the radio meters with their keys, `id:key`. */
  concentrator: string
  waterMeters: readonly string[]
  /** The record headers that somebody has entered, as `modules/radio/header-list` writes them. */
  radioHeaders: string
  /** The jobs as `modules/control/cron/job` writes them. */
  cron: readonly string[]
  /** The jobs' time zone as a POSIX TZ text. */
  zone: string
}

/** A function, because XS cannot write a preloaded object as JSON. */
function defaults(): Settings {
  return {
    serial: '',
    ssid: '',
    password: '',
    previousSsid: '',
    previousPassword: '',
    fallbackSsid: '',
    fallbackPassword: '',
    mqttHost: 'nabovarme.meterlogger.net',
    mqttPort: 1883,
    mqttUser: 'esp8266',
    mqttPassword: PUBLIC_MQTT_PASSWORD,
    mqttCertificate: '',
    mqttAnswered: false,
    previousMqttHost: '',
    previousMqttPort: 0,
    previousMqttUser: '',
    previousMqttPassword: '',
    previousMqttCertificate: '',
    apEnabled: true,
    apPassword: '',
    valveOpen: false,
    limit: 0,
    total: -1,
    totalSerial: '',
    impulseSerial: '',
    impulseStart: 0,
    impulsesPerUnit: 100,
    portalPassword: '',
    concentrator: 'VW1871-',
    waterMeters: [],
    radioHeaders: '',
    cron: [],
    // Europe/Copenhagen: summer time from the last Sunday of March, 01:00 UTC, to the last Sunday of October, 01:00 UTC.
    zone: 'CET-1CEST,M3.5.0,M10.5.0/3',
  }
}

/**
 * The settings as they are stored, JSON in UTF-8. Defaults replace values that are missing or of another type.
 * @param ofBuild defaults that go over the others
 */
export function fromStored(bytes: Uint8Array | undefined, ofBuild?: Partial<Settings>): Settings {
  const values: Record<string, unknown> = { ...defaults(), ...ofBuild }
  const stored = bytes === undefined ? undefined : parseObject(decodeUtf8(bytes))
  if (stored !== undefined) {
    for (const name of Object.keys(values)) {
      if (isSameKind(stored[name], values[name])) values[name] = stored[name]
    }
  }
  return values as unknown as Settings
}

function isSameKind(value: unknown, standard: unknown): boolean {
  if (Array.isArray(standard)) return Array.isArray(value) && value.every((item) => typeof item === 'string')
  // JSON can hold 1e999, which reads as Infinity and could not be stored again.
  return typeof standard === 'number' ? Number.isFinite(value) : typeof value === typeof standard
}
