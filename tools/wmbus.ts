import { Command } from 'commander'
import { fromHex } from '../modules/codec/hex.js'
import { fieldsOf } from '../modules/radio/all-fields.js'
import { KNOWN_HEADERS } from '../modules/radio/detect.js'
import { meterIdOf, parseMeterId } from '../modules/wmbus/data-link.js'
import { type DataRecord, type DiagnosedTelegram, diagnose } from '../modules/wmbus/diagnose.js'
import { Signatures } from '../modules/wmbus/signatures.js'
import { type Value, valueText } from '../modules/wmbus/value.js'
import { nodeCrypto } from '../twin/crypto.js'
import { NegativeResult, UsageError } from './errors.js'
import { Digits, exactJson } from './exact-json.js'
import { linesOf } from './lines.js'
import { type KeyOptions, keyText, parseHex, withKey } from './options.js'
import { print } from './print.js'
import { analyzeCommand } from './wmbus-analyze.js'
import { solveCommand } from './wmbus-solve.js'

interface DecodeOptions extends KeyOptions {
  readonly id?: number
  readonly jsonl?: boolean
}

/** A line of standard input with `--jsonl`. */
interface Line {
  readonly name?: string
  readonly id?: string
  readonly key?: string
  readonly telegram_hex: string
  readonly prior_telegrams?: readonly string[]
}

interface Decoded {
  readonly name?: string | undefined
  readonly telegram: DiagnosedTelegram
}

const NO_KEY = 'NOKEY'
/** So much of a wrong line is shown. */
const SHOWN = 200
const FUNCTIONS = ['instantaneous', 'maximum', 'minimum', 'error']

export function wmbusCommand(): Command {
  return new Command('wmbus')
    .description('wireless M-Bus of water and heat meters')
    .addCommand(withMeterKey(decodeCommand()))
    .addCommand(withMeterKey(analyzeCommand(decoderFor)))
    .addCommand(solveCommand())
}

function withMeterKey(command: Command): Command {
  return withKey(command, "the meter's key").option('--id <id>', 'meter number, 8 digits', parseId)
}

function decodeCommand(): Command {
  return new Command('decode')
    .description('decode telegrams; prints one JSON object a telegram')
    .argument('[hex...]', 'telegrams from the L field on, with or without checksums; else standard input, one a line')
    .option('--jsonl', 'standard input: a line is {"name","id","key","telegram_hex","prior_telegrams"?}')
    .action(async (args: string[], options: DecodeOptions) => {
      const decode = options.jsonl ? decodeLine : lineDecoder(options)
      const errors = new Map<string, number>()
      let count = 0
      for await (const line of args.length > 0 ? args : linesOf(process.stdin)) {
        if (line.trim() === '') continue
        count++
        const { name, telegram } = decode(line)
        print(exactJson(describe(telegram, name)))
        if (telegram.result !== 'ok') errors.set(telegram.result, (errors.get(telegram.result) ?? 0) + 1)
      }
      if (count === 0) throw new UsageError('no telegram given')
      const wrong = [...errors.values()].reduce((sum, times) => sum + times, 0)
      if (wrong > 0) throw new NegativeResult(`${wrong} of ${count} telegrams: ${[...errors.keys()].join(', ')}`)
    })
}

/** Decodes telegrams in the order in which they come: the full ones explain the compact ones behind them. */
function lineDecoder(options: DecodeOptions): (line: string) => Decoded {
  const decode = decoderFor(options)
  return (line) => ({ telegram: decode(parseHex(line, 'telegram')) })
}

function decodeLine(text: string): Decoded {
  const line = parseLine(text)
  const decode = decoder(parseKey(line.key ?? NO_KEY), line.id === undefined ? undefined : parseId(line.id))
  for (const prior of line.prior_telegrams ?? []) decode(parseHex(prior, 'prior_telegrams'))
  return { name: line.name, telegram: decode(parseHex(line.telegram_hex, 'telegram_hex')) }
}

function parseLine(text: string): Line {
  let line: Partial<Line>
  try {
    line = JSON.parse(text)
  } catch (error) {
    throw new UsageError(`--jsonl: ${(error as Error).message}`)
  }
  if (typeof line?.telegram_hex !== 'string')
    throw new UsageError(`--jsonl: no telegram_hex in ${text.slice(0, SHOWN)}`)
  return line as Line
}

/** Returns a decoder that uses the key for the meter with this id, and no key for any other. */
function decoder(key: Uint8Array | undefined, id: number | undefined): (bytes: Uint8Array) => DiagnosedTelegram {
  const signatures = new Map<number | undefined, Signatures>()
  return (bytes) => {
    const from = meterIdOf(bytes)
    if (!signatures.has(from)) signatures.set(from, new Signatures(KNOWN_HEADERS))
    const isOther = id !== undefined && from !== undefined && from !== id
    return diagnose(bytes, {
      key: isOther ? undefined : key,
      crypto: nodeCrypto,
      signatures: signatures.get(from)!,
    })
  }
}

function decoderFor(options: DecodeOptions): (bytes: Uint8Array) => DiagnosedTelegram {
  return decoder(parseKey(keyText(options) ?? NO_KEY), options.id)
}

function parseKey(text: string): Uint8Array | undefined {
  if (text === NO_KEY) return undefined
  const key = text.length === 32 ? fromHex(text) : undefined
  if (key === undefined) throw new UsageError(`the key is not 32 hex digits and not ${NO_KEY}`)
  return key
}

function parseId(text: string): number {
  const id = parseMeterId(text)
  if (id === undefined) throw new UsageError(`id: expected 8 digits, got "${text}"`)
  return id
}

function describe(telegram: DiagnosedTelegram, name: string | undefined): object {
  const { result, flags, manufacturer, id, version, type, partial } = telegram
  return {
    name,
    result,
    flags,
    meter: { manufacturer, id, version: version ?? null, type: type ?? null },
    fields: Object.fromEntries(Object.entries(fieldsOf(telegram)).map(([field, value]) => [field, jsonValue(value)])),
    // The rest of a cut frame is no reading. It is among the records and never among the fields.
    records: (partial?.records ?? telegram.records).map(describeRecord),
    partial: partial && { ci: partial.ci.toString(16), payload_crc: 'unverifiable' },
  }
}

function describeRecord({ header, raw, function: kind, storage, tariff, subunit, value, unit }: DataRecord): object {
  return { header, raw, function: FUNCTIONS[kind], storage, tariff, subunit, value: jsonValue(value) ?? null, unit }
}

function jsonValue(value: Value | undefined): Digits | string | undefined {
  return value === undefined || typeof value === 'string' ? value : new Digits(valueText(value))
}
