import { MQTT_PORT, MQTTS_PORT, parseBrokerAddress } from '../codec/broker-address.js'
import { isDigits } from '../codec/characters.js'
import { parseFingerprint } from '../codec/fingerprint.js'
import { fromHex } from '../codec/hex.js'
import { parseMasterKey } from '../codec/master-key.js'
import { failure, type Result, success } from '../codec/result.js'
import { isWpaPassword } from '../codec/wpa.js'
import type { MeterDriver } from '../meters/driver.js'
import { parseHeaders, type RadioHeader } from '../radio/header-list.js'
import { parseMeters, type WaterMeter } from '../radio/meter-list.js'
import type { Settings } from '../storage/settings.js'
import { DRIVERS } from './drivers.js'

/** The build options, parsed. */
export interface Flags {
  readonly driver: MeterDriver
  /** First word of the model in the version text. */
  readonly model: string
  /** Master key, 16 bytes; undefined for none. */
  readonly key: Uint8Array | undefined
  /** Password of the set-up network until somebody sets another one; undefined for the first half of the key. */
  readonly setUpPassword: string | undefined
  /** Whose signed updates the device takes: the point on P-256, x and y, 64 bytes. */
  readonly updateKey: Uint8Array | undefined
  /** The broker until the settings name another; undefined for the usual one. */
  readonly broker: BuildBroker | undefined
  /** The image knows TLS. */
  readonly tls: boolean
  /** Serial number until the meter has told its own; `NO_SERIAL` for none. */
  readonly serial: string
  readonly flowMeter: boolean
  /** Radio meters are read through a concentrator. */
  readonly ble: boolean
  /** The radio meters, with their keys, that the image brings. */
  readonly waterMeters: readonly WaterMeter[]
  /** The record headers of radio meters that the image brings. */
  readonly radioHeaders: readonly RadioHeader[]
  /** How the concentrator's name begins; undefined when the settings say it. */
  readonly concentrator: string | undefined
  readonly autoClose: boolean
  readonly thermoNormallyOpen: boolean
  readonly thermoOnAc2: boolean
  readonly ledOnAc: boolean
  readonly acTest: boolean
  readonly cron: boolean
  readonly stackTrace: boolean
  readonly shortWebConfigTime: boolean
  readonly debug: boolean
}

/** The original's default of SERIAL: a board that has no number of its own calls itself so. */
export const NO_SERIAL = '9999999'

/** A broker as the settings have it. */
export type BuildBroker = Pick<Settings, 'mqttHost' | 'mqttPort' | 'mqttCertificate'>

/** Options that are 0 or 1, beside those that choose a driver. */
const COMMON = Object.freeze([
  'DEBUG',
  'DEBUG_SHORT_WEB_CONFIG_TIME',
  'DEBUG_STACK_TRACE',
  'BLE',
  'TLS',
  'FLOW_METER',
  'AUTO_CLOSE',
  'NO_CRON',
  'THERMO_NO',
  'THERMO_ON_AC_2',
  'LED_ON_AC',
  'AC_TEST',
  'EXT_SPI_RAM_IS_NAND',
] as const)
type Switches = { [name in (typeof COMMON)[number]]: boolean } & { [option: string]: boolean }

/** Names of the options that are 0 or 1. */
export const SWITCHES: readonly string[] = Object.freeze([
  ...COMMON,
  ...DRIVERS.flatMap(({ option }) => (option === undefined ? [] : [option])),
])

/** Names of the options that are texts. */
export const TEXTS = Object.freeze([
  'KEY',
  'SERIAL',
  'SETUP_PASSWORD',
  'UPDATE_KEY',
  'MQTT_BROKER',
  'MQTT_CERTIFICATE',
  'WATER_METERS',
  'RADIO_HEADERS',
  'CONCENTRATOR',
] as const)
const MQTT = 'mqtt://'
const MQTTS = 'mqtts://'
const ON_BY_DEFAULT: readonly string[] = Object.freeze(['AUTO_CLOSE', 'DEBUG_STACK_TRACE'])

/**
 * Checks and parses the build options, which arrive as text under the names of the original's make options. It passes
 * over names in lower case, which are not build options.
 */
export function parseFlags(options: { readonly [name: string]: unknown }): Result<Flags> {
  for (const name of Object.keys(options)) {
    const known = (TEXTS as readonly string[]).includes(name) || SWITCHES.includes(name)
    if (!known && name === name.toUpperCase())
      return failure(`${name}: not a build option; there are ${TEXTS.join(', ')}, ${SWITCHES.join(', ')}`)
  }
  const on = {} as Switches
  for (const name of SWITCHES) {
    const value = options[name] ?? (ON_BY_DEFAULT.includes(name) ? '1' : '0')
    if (value !== '0' && value !== '1') return failure(`${name}: expected 0 or 1, got "${value}"`)
    on[name] = value === '1'
  }
  const chosen = DRIVERS.filter(({ option }) => option !== undefined && on[option])
  for (const one of chosen)
    for (const other of chosen.slice(chosen.indexOf(one) + 1))
      if (!goesOver(one, other) && !goesOver(other, one))
        return failure(`${one.option}=1 and ${other.option}=1: only one of the two can be`)
  for (const { option, implies } of chosen)
    for (const implied of implies) {
      if (options[implied.option] === '0' && implied.reason !== undefined)
        return failure(`${option}=1 and ${implied.option}=0: ${implied.reason}`)
      on[implied.option] = true
    }

  const key = options.KEY === undefined ? undefined : parseMasterKey(String(options.KEY))
  if (key?.ok === false) return failure(`KEY: ${key.error}`)
  const serial = String(options.SERIAL ?? NO_SERIAL)
  if (!isDigits(serial, 12)) return failure(`SERIAL: expected 1 to 12 digits, got "${serial}"`)
  const setUpPassword = options.SETUP_PASSWORD === undefined ? undefined : String(options.SETUP_PASSWORD)
  if (setUpPassword !== undefined && !isWpaPassword(setUpPassword))
    return failure('SETUP_PASSWORD: expected 8 to 63 characters of ASCII')
  const updateKey = options.UPDATE_KEY === undefined ? undefined : fromHex(String(options.UPDATE_KEY))
  if (options.UPDATE_KEY !== undefined && updateKey?.length !== 64)
    return failure('UPDATE_KEY: expected 128 hex digits, a point on P-256')
  const broker = parseBuildBroker(options.MQTT_BROKER, options.MQTT_CERTIFICATE, on.TLS)
  if (!broker.ok) return broker
  for (const name of ['WATER_METERS', 'RADIO_HEADERS', 'CONCENTRATOR'])
    if (options[name] !== undefined && !on.BLE) return failure(`${name}: needs BLE=1 or FLOWIQ=1`)
  const waterMeters = parseMeters(String(options.WATER_METERS ?? ''))
  if (!waterMeters.ok) return failure(`WATER_METERS: ${waterMeters.error}`)
  const radioHeaders = parseHeaders(String(options.RADIO_HEADERS ?? ''))
  if (!radioHeaders.ok) return failure(`RADIO_HEADERS: ${radioHeaders.error}`)
  const concentrator = options.CONCENTRATOR === undefined ? undefined : String(options.CONCENTRATOR)
  if (concentrator === '') return failure('CONCENTRATOR: expected how its name begins, got nothing')

  return success({
    driver: driverOf(chosen),
    model: modelOf(chosen),
    key: key?.value,
    setUpPassword,
    updateKey,
    broker: broker.value,
    tls: on.TLS,
    serial,
    flowMeter: on.FLOW_METER,
    ble: on.BLE,
    waterMeters: waterMeters.value,
    radioHeaders: radioHeaders.value,
    concentrator,
    autoClose: on.AUTO_CLOSE,
    thermoNormallyOpen: on.THERMO_NO,
    thermoOnAc2: on.THERMO_ON_AC_2,
    ledOnAc: on.LED_ON_AC || on.AC_TEST,
    acTest: on.AC_TEST,
    cron: !on.NO_CRON,
    stackTrace: on.DEBUG_STACK_TRACE,
    shortWebConfigTime: on.DEBUG_SHORT_WEB_CONFIG_TIME,
    debug: on.DEBUG,
  })
}

/** The broker of `mqtt://host[:port]`, or of `mqtts://host[:port]` with the certificate that it needs. */
function parseBuildBroker(url: unknown, fingerprint: unknown, tls: boolean): Result<BuildBroker | undefined> {
  if (url === undefined && fingerprint === undefined) return success(undefined)
  const text = String(url ?? '')
  const isSecure = text.startsWith(MQTTS)
  if (!isSecure && !text.startsWith(MQTT))
    return failure('MQTT_BROKER: expected mqtt://host[:port] or mqtts://host[:port]')
  const address = parseBrokerAddress(text.slice(isSecure ? MQTTS.length : MQTT.length))
  if (!address.ok) return failure(`MQTT_BROKER: ${address.error}`)
  if (isSecure && !tls) return failure('MQTT_BROKER: mqtts:// needs TLS=1')
  const certificate = isSecure ? parseFingerprint(String(fingerprint ?? '')) : ''
  if (isSecure ? !certificate : fingerprint !== undefined)
    return failure('MQTT_CERTIFICATE: expected 64 hex digits with mqtts://, and nothing with mqtt://')
  const { host, port = isSecure ? MQTTS_PORT : MQTT_PORT } = address.value
  return success({ mqttHost: host, mqttPort: port, mqttCertificate: certificate! })
}

/** The driver among these that takes precedence over the others; the first driver of all when none is chosen. */
function driverOf(chosen: readonly MeterDriver[]): MeterDriver {
  return chosen.find((one) => !chosen.some((other) => goesOver(other, one))) ?? DRIVERS[0]!
}

/** The model's word, as the original has it. */
function modelOf(chosen: readonly MeterDriver[]): string {
  const { keepsModelOf, model } = driverOf(chosen)
  const kept = chosen.filter(({ option }) => keepsModelOf.includes(option!))
  return kept.length === 0 ? model : driverOf(kept).model
}

function goesOver(one: MeterDriver, other: MeterDriver): boolean {
  return one.over.includes(other.option!)
}
