import { type Command, Option } from 'commander'
import { paddedSerial } from '../modules/app/identity.js'
import { fromHex } from '../modules/codec/hex.js'
import { Envelope } from '../modules/mqttcrypto/envelope.js'
import { nodeCrypto } from '../twin/crypto.js'
import { UsageError } from './errors.js'
import { fileText, textOf } from './lines.js'

export interface KeyOptions {
  readonly key?: string
  readonly keyFile?: string
}

/** Adds the three ways to give a key. */
export function withKey(command: Command, what = 'master key'): Command {
  return command
    .addOption(
      new Option('--key <hex>', `${what}, 32 hex digits; else the environment variable KEY`).conflicts('keyFile'),
    )
    .option('--key-file <path>', `file that holds the ${what}`)
}

/** The key as 32 hex digits; undefined when the user gave none. */
export function keyText(options: KeyOptions): string | undefined {
  if (options.key !== undefined) return options.key
  if (options.keyFile !== undefined) return fileText(options.keyFile).trim()
  return process.env.KEY || undefined
}

export function envelopeFor(options: KeyOptions): Envelope {
  const text = keyText(options)
  if (text === undefined) throw new UsageError('no key: give --key, --key-file or the environment variable KEY')
  const key = text.length === 32 ? fromHex(text) : undefined
  if (key === undefined) throw new UsageError('the key is not 32 hex digits')
  return new Envelope(nodeCrypto, key)
}

/** Parses hex. Blanks between the digits are allowed. */
export function parseHex(text: string, what: string): Uint8Array {
  const bytes = fromHex(text.replace(/\s+/g, ''))
  if (bytes === undefined || bytes.length === 0) throw new UsageError(`${what}: expected hex digits, two a byte`)
  return bytes
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
  return file === undefined ? process.env[variable] || undefined : fileText(file).replace(/\r?\n$/, '')
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
