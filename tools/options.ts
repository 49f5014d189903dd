import { type Command, Option } from 'commander'
import { bytesOfHex, masterKeyOf, meterKeyOf, meterNumberOf } from '../decoders/typed-text.js'
import { paddedSerial } from '../modules/app/identity.js'
import { Envelope } from '../modules/mqttcrypto/envelope.js'
import { nodeCrypto } from '../twin/crypto.js'
import { accepted, UsageError } from './errors.js'
import { type KeyRegister, type RegisteredDevice, readRegister, unknownDevice } from './key-register.js'
import { fileText, textOf } from './lines.js'

export interface KeyOptions {
  readonly key?: string
  readonly keyFile?: string
}

/** Adds the three ways to give a key. */
export function withKey(command: Command, what = 'the master key'): Command {
  return command
    .addOption(
      new Option('--key <hex>', `${what}, 32 hex digits; else the environment variable KEY`).conflicts('keyFile'),
    )
    .option('--key-file <path>', `file that holds ${what}`)
}

export interface KeysOptions extends KeyOptions {
  readonly keys?: string
}

/** Adds the ways to give one key for all devices, or a register of their keys. */
export function withKeys(command: Command): Command {
  return withKey(command).addOption(
    new Option(
      '--keys <path>',
      'key register: CSV with the columns serial,key and, if you like, name,group,kind',
    ).conflicts(['key', 'keyFile']),
  )
}

/** The key as 32 hex digits; undefined when the user gave none. */
export function keyText(options: KeyOptions): string | undefined {
  if (options.key !== undefined) return options.key
  if (options.keyFile !== undefined) return fileText(options.keyFile, '--key-file').trim()
  return process.env.KEY || undefined
}

/** A meter's own key; undefined for `NOKEY`. */
export function parseMeterKey(text: string): Uint8Array | undefined {
  return accepted(meterKeyOf(text))
}

/** The number of a radio meter as `meterIdOf` gives it. */
export function parseMeterNumber(text: string): number {
  return accepted(meterNumberOf(text))
}

/** The envelope of the device with this serial number; undefined where the register has none. */
export type Envelopes = (serial: string) => Envelope | undefined

/** The envelopes of all devices: the one of the key, or those of the register. */
export function envelopesFor(options: KeysOptions): Envelopes {
  if (options.keys !== undefined) return envelopesOf(readRegister(options.keys))
  const text = keyText(options)
  if (text === undefined)
    throw new UsageError('no key: give --key, --key-file or the environment variable KEY, or a register with --keys')
  const envelope = new Envelope(nodeCrypto, parseMasterKeyText(text))
  return () => envelope
}

/** The 16 bytes of a master key. The error does not show it. */
export function parseMasterKeyText(text: string): Uint8Array {
  return accepted(masterKeyOf(text))
}

/** The envelopes of the devices in a register. */
export function envelopesOf(register: KeyRegister): Envelopes {
  const made = new Map<RegisteredDevice, Envelope>()
  return (serial) => {
    const device = register.find(serial)
    if (device === undefined) return undefined
    const envelope = made.get(device) ?? new Envelope(nodeCrypto, device.key)
    made.set(device, envelope)
    return envelope
  }
}

/** The envelope of one device. */
export function envelopeFor(options: KeysOptions, serial: string): Envelope {
  const envelope = envelopesFor(options)(serial)
  if (envelope === undefined) throw unknownDevice(serial, options.keys!)
  return envelope
}

/** Parses hex. Blanks between the digits are allowed. */
export function parseHex(text: string, what: string): Uint8Array {
  return accepted(bytesOfHex(text, what))
}

export function parseSerial(text: string): string {
  if (!/^[0-9]{1,12}$/.test(text)) throw new UsageError(`--serial: expected 1 to 12 digits, got "${text}"`)
  return paddedSerial(text)
}

/** Parses a number from `min` to `max`. */
export function parseNumber(name: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (text.trim() === '' || !(value >= min && value <= max))
      throw new UsageError(`${name}: expected a number from ${min} to ${max}, got "${text}"`)
    return value
  }
}

export function readStandardInput(): Promise<string> {
  return textOf(process.stdin)
}

/** A secret that is given as an option, in a file, or in an environment variable; the option shows in the list of processes. */
export function secretOf(text: string | undefined, file: string | undefined, variable: string): string | undefined {
  if (text !== undefined) return text
  return file === undefined
    ? process.env[variable] || undefined
    : fileText(file, '--password-file').replace(/\r?\n$/, '')
}

/** Parses a whole number from `min` to `max`. */
export function parseWhole(name: string, min: number, max: number): (text: string) => number {
  const parse = parseNumber(name, min, max)
  return (text) => {
    const value = parse(text)
    if (!Number.isInteger(value)) throw new UsageError(`${name}: expected a whole number, got "${text}"`)
    return value
  }
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 }

const DAY = 86_400_000

/** Parses for how long something is kept, such as 90d or 2h; the result is in milliseconds. */
export function parseKeep(name: string): (text: string) => number {
  return (text) => {
    const [, digits = '', unit = ''] = /^([0-9]{1,6})([smhd])$/.exec(text) ?? []
    const ms = Number(digits) * (unit === 'd' ? DAY : (UNITS[unit] ?? 0))
    if (!(ms > 0 && ms <= 36_500 * DAY)) throw new UsageError(`${name}: expected 90d or 2h, got "${text}"`)
    return ms
  }
}

/** Parses a duration such as 20s, 15m or 2h; the result is in milliseconds, at most 24 days. */
export function parseDuration(name: string): (text: string) => number {
  return (text) => {
    const [, digits = '', unit = ''] = /^([0-9]{1,6})([smh])$/.exec(text) ?? []
    const ms = Number(digits) * (UNITS[unit] ?? 0)
    if (!(ms > 0 && ms < 24 * DAY)) throw new UsageError(`${name}: expected 20s, 15m or 2h, got "${text}"`)
    return ms
  }
}

/** Parses the time to wait for a reply: seconds, or a duration as above. The result is in milliseconds. */
export function parseWait(text: string): number {
  return /[smh]$/.test(text) ? parseDuration('--wait')(text) : 1000 * parseNumber('--wait', 0.1, 3600)(text)
}
