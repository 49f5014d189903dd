import { type Flags, parseFlags } from '../modules/app/flags.js'
import { toHex } from '../modules/codec/hex.js'
import { EXAMPLE_KEY } from '../modules/codec/master-key.js'
import { parseHeaders } from '../modules/radio/header-list.js'
import { optionsOf } from '../twin/meters.js'
import type { BrokerOptions } from './broker-options.js'
import { UsageError } from './errors.js'
import { readRegister, registered } from './key-register.js'
import { type KeysOptions, keyText } from './options.js'
import { readUpdateKey } from './update-key.js'

export interface TwinCommandOptions extends KeysOptions, Partial<BrokerOptions> {
  readonly meter: string
  readonly uart?: string
  readonly bluetooth?: boolean
  readonly serial?: string
  readonly fleet?: number
  readonly verbose?: boolean
  readonly updateKey?: string
  readonly state?: string
  readonly flag?: Record<string, string>
  readonly header?: readonly string[]
  readonly count?: number
  readonly speed: number
  readonly fresh?: boolean
  readonly strangers: number
  readonly capture?: string
  readonly portalPort?: number
}

export function collectFlag(text: string, flags: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=')
  if (at < 1) throw new UsageError(`--flag: expected NAME=VALUE, got "${text}"`)
  return { ...flags, [text.slice(0, at)]: text.slice(at + 1) }
}

export function collectHeader(text: string, headers: readonly string[] = []): readonly string[] {
  const all = [...headers, text]
  const parsed = parseHeaders(all.join(','))
  if (!parsed.ok) throw new UsageError(`--header: ${parsed.error}`)
  return all
}

/** Build flags from the options; what `--flag` says goes before what another option implies. */
export function readFlags(options: TwinCommandOptions): Flags {
  const key = twinKey(options)
  const implied: Record<string, string> = { KEY: key, ...optionsOf(options.meter) }
  // A real concentrator does not hear the simulated meter.
  if (options.bluetooth) delete implied.WATER_METERS
  if (options.serial !== undefined) implied.SERIAL = options.serial
  if (options.updateKey !== undefined) implied.UPDATE_KEY = readUpdateKey(options.updateKey)
  if (options.header !== undefined) implied.RADIO_HEADERS = options.header.join(',')
  const { BLE, FLOWIQ } = { ...implied, ...options.flag }
  const flags = parseFlags({ ...implied, ...secretFlags(BLE === '1' || FLOWIQ === '1'), ...options.flag })
  if (!flags.ok) throw new UsageError(flags.error)
  return flags.value
}

/** How another command gets the key of this twin. */
export function keyOption({ keys, keyFile, key }: KeysOptions): string {
  if (keys !== undefined) return `--keys ${quoted(keys)}`
  if (keyFile !== undefined) return `--key-file ${quoted(keyFile)}`
  return `--key ${key === undefined && !process.env.KEY ? EXAMPLE_KEY : '<its key>'}`
}

/** As a shell takes it. */
function quoted(path: string): string {
  return /^[\w./@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}

function twinKey(options: TwinCommandOptions): string {
  if (options.keys === undefined) return keyText(options) ?? EXAMPLE_KEY
  if (options.serial === undefined) throw new UsageError('--keys: needs --serial')
  return toHex(registered(readRegister(options.keys), options.serial, options.keys).key)
}

/** The build options that are secrets, from the environment, as a build takes them. */
function secretFlags(isRadio: boolean): Record<string, string> {
  const { SETUP_PASSWORD, WATER_METERS } = process.env
  return { ...(SETUP_PASSWORD && { SETUP_PASSWORD }), ...(isRadio && WATER_METERS && { WATER_METERS }) }
}
