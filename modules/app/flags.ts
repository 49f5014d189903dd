import { fromHex } from '../codec/hex.js'
import { failure, type Result, success } from '../codec/result.js'
import { parseMeters, type WaterMeter } from '../radio/meter-list.js'

export type MeterKind = 'kmp' | 'mc66c' | 'mc66b' | 'impulse' | 'flowiq' | 'none'
export type Model = 'KMP' | 'MC' | 'MC_B' | 'IMPULSE' | 'IMPULSE_DEV_BOARD' | 'FLOWIQ' | 'NO_METER'

/** The build options, parsed. */
export interface Flags {
  readonly meter: MeterKind
  /** First word of the model in the version text. */
  readonly model: Model
  /** Master key, 16 bytes. */
  readonly key: Uint8Array
  /** Serial number before the meter has told its own. */
  readonly serial: string
  readonly flowMeter: boolean
  /** Radio meters are read through a concentrator. */
  readonly ble: boolean
  /** Radio meters with keys that the image brings. */
  readonly waterMeters: readonly WaterMeter[]
  /** How the concentrator's name begins; undefined where the settings say it. */
  readonly concentrator: string | undefined
  readonly autoClose: boolean
  readonly thermoNormallyOpen: boolean
  readonly thermoOnAc2: boolean
  readonly ledOnAc: boolean
  readonly acTest: boolean
  readonly cron: boolean
  readonly stackTrace: boolean
  readonly shortWebConfigTime: boolean
  readonly impulseDevBoard: boolean
  readonly nandFlash: boolean
  readonly debug: boolean
}

/** Names of the options that are 0 or 1. */
export const SWITCHES = Object.freeze([
  'DEBUG',
  'DEBUG_NO_METER',
  'DEBUG_SHORT_WEB_CONFIG_TIME',
  'DEBUG_STACK_TRACE',
  'IMPULSE',
  'IMPULSE_DEV_BOARD',
  'EN61107',
  'MC_66B',
  'FLOWIQ',
  'BLE',
  'FLOW_METER',
  'AUTO_CLOSE',
  'NO_CRON',
  'THERMO_NO',
  'THERMO_ON_AC_2',
  'LED_ON_AC',
  'AC_TEST',
  'EXT_SPI_RAM_IS_NAND',
] as const)
type Switch = (typeof SWITCHES)[number]

/** Names of the options that are texts. */
export const TEXTS = Object.freeze(['KEY', 'SERIAL', 'WATER_METERS', 'CONCENTRATOR'] as const)
const ON_BY_DEFAULT: readonly string[] = Object.freeze(['AUTO_CLOSE', 'DEBUG_STACK_TRACE'])

/** Two by two. */
const CONTRADICTIONS: readonly Switch[] = Object.freeze([
  'EN61107',
  'IMPULSE',
  'MC_66B',
  'IMPULSE',
  'EN61107',
  'IMPULSE_DEV_BOARD',
  'MC_66B',
  'IMPULSE_DEV_BOARD',
  'IMPULSE',
  'DEBUG_NO_METER',
  'FLOWIQ',
  'EN61107',
  'FLOWIQ',
  'MC_66B',
  'FLOWIQ',
  'IMPULSE',
  'FLOWIQ',
  'IMPULSE_DEV_BOARD',
  'FLOWIQ',
  'DEBUG_NO_METER',
] as const)

/**
 * Checks and parses the build options, which arrive as text under the names of the original's make options. Names in
 * lower case are not build options and are passed over.
 */
export function parseFlags(options: { readonly [name: string]: unknown }): Result<Flags> {
  for (const name of Object.keys(options)) {
    const known = (TEXTS as readonly string[]).includes(name) || (SWITCHES as readonly string[]).includes(name)
    if (!known && name === name.toUpperCase())
      return failure(`${name}: not a build option; there are ${TEXTS.join(', ')}, ${SWITCHES.join(', ')}`)
  }
  const on: Partial<Record<Switch, boolean>> = {}
  for (const name of SWITCHES) {
    const value = options[name] ?? (ON_BY_DEFAULT.includes(name) ? '1' : '0')
    if (value !== '0' && value !== '1') return failure(`${name}: expected 0 or 1, got "${value}"`)
    on[name] = value === '1'
  }
  for (let i = 0; i < CONTRADICTIONS.length; i += 2) {
    const one = CONTRADICTIONS[i]!
    const other = CONTRADICTIONS[i + 1]!
    if (on[one] && on[other]) return failure(`${one}=1 and ${other}=1: only one of the two can be`)
  }
  if (on.MC_66B && options.EN61107 === '0') return failure('MC_66B=1 and EN61107=0: a MULTICAL 66 B speaks EN 61107')
  if (on.FLOWIQ && options.BLE === '0') return failure('FLOWIQ=1 and BLE=0: a FlowIQ is read over BLE')

  const key = parseKey(options.KEY)
  if (!key.ok) return key
  const serial = String(options.SERIAL ?? '9999999')
  if (!/^[0-9]{1,12}$/.test(serial)) return failure(`SERIAL: expected 1 to 12 digits, got "${serial}"`)
  const ble = on.BLE! || on.FLOWIQ!
  for (const name of ['WATER_METERS', 'CONCENTRATOR'])
    if (options[name] !== undefined && !ble) return failure(`${name}: needs BLE=1 or FLOWIQ=1`)
  const waterMeters = parseMeters(String(options.WATER_METERS ?? ''))
  if (!waterMeters.ok) return failure(`WATER_METERS: ${waterMeters.error}`)
  const concentrator = options.CONCENTRATOR === undefined ? undefined : String(options.CONCENTRATOR)
  if (concentrator === '') return failure('CONCENTRATOR: expected how its name begins, got nothing')

  return success({
    meter: meterKind(on),
    model: modelOf(on),
    key: key.value,
    serial,
    flowMeter: on.FLOW_METER! || on.FLOWIQ!,
    ble,
    waterMeters: waterMeters.value,
    concentrator,
    autoClose: on.AUTO_CLOSE!,
    thermoNormallyOpen: on.THERMO_NO!,
    thermoOnAc2: on.THERMO_ON_AC_2!,
    ledOnAc: on.LED_ON_AC! || on.AC_TEST!,
    acTest: on.AC_TEST!,
    cron: !on.NO_CRON,
    stackTrace: on.DEBUG_STACK_TRACE!,
    shortWebConfigTime: on.DEBUG_SHORT_WEB_CONFIG_TIME!,
    impulseDevBoard: on.IMPULSE_DEV_BOARD!,
    nandFlash: on.EXT_SPI_RAM_IS_NAND!,
    debug: on.DEBUG!,
  })
}

/** The master key, 32 hex digits. The error never shows it. */
function parseKey(text: unknown): Result<Uint8Array> {
  if (typeof text !== 'string' || text === '') return failure('KEY: missing; expected 32 hex digits')
  if (text.length !== 32) return failure(`KEY: expected 32 hex digits, got ${text.length} characters`)
  const key = fromHex(text)
  return key === undefined ? failure('KEY: expected 32 hex digits, got other characters among them') : success(key)
}

function meterKind(on: Partial<Record<Switch, boolean>>): MeterKind {
  if (on.DEBUG_NO_METER) return 'none'
  if (on.FLOWIQ) return 'flowiq'
  if (on.MC_66B) return 'mc66b'
  if (on.EN61107) return 'mc66c'
  return on.IMPULSE || on.IMPULSE_DEV_BOARD ? 'impulse' : 'kmp'
}

/** The first that matches, as in the original. */
function modelOf(on: Partial<Record<Switch, boolean>>): Model {
  if (on.MC_66B) return 'MC_B'
  if (on.EN61107) return 'MC'
  if (on.IMPULSE) return 'IMPULSE'
  if (on.FLOWIQ) return 'FLOWIQ'
  if (on.DEBUG_NO_METER) return 'NO_METER'
  return on.IMPULSE_DEV_BOARD ? 'IMPULSE_DEV_BOARD' : 'KMP'
}
