import { Command } from 'commander'
import { DecodedJson } from '../decoders/decoded-json.js'
import type { LineTelegram } from '../decoders/heard-bytes.js'
import { telegramsIn } from '../decoders/telegram-line.js'
import { TelegramReader } from '../decoders/telegram-reader.js'
import { fromHex } from '../modules/codec/hex.js'
import { KNOWN_HEADERS } from '../modules/radio/detect.js'
import { meterIdOf } from '../modules/wmbus/data-link.js'
import { type DiagnosedTelegram, diagnose } from '../modules/wmbus/diagnose.js'
import { isHeader, type KnownHeader, knownHeader, Signatures } from '../modules/wmbus/signatures.js'
import { nodeCrypto } from '../twin/crypto.js'
import { examples } from './conventions.js'
import { NegativeResult, UsageError } from './errors.js'
import { resultOutput, tableOption } from './json-table.js'
import { type LineReader, readLines } from './line-output.js'
import { type KeyOptions, keyText, NO_KEY, parseHex, parseMeterKey, parseMeterNumber, withKey } from './options.js'
import { say } from './print.js'
import { analyzeCommand } from './wmbus-analyze.js'
import { solveCommand } from './wmbus-solve.js'

interface DecodeOptions extends KeyOptions {
  readonly id?: number
  readonly header?: readonly KnownHeader[]
  readonly jsonl?: boolean
  readonly table?: boolean
}

/** Decodes a telegram; what full frames teach stays for those behind them. */
export type Decoder = (telegram: LineTelegram) => DiagnosedTelegram

/** A line of standard input with `--jsonl`. */
interface Line {
  readonly name?: string
  readonly id?: string
  readonly key?: string
  readonly telegram_hex: string
  readonly prior_telegrams?: readonly string[]
}

/** Meters whose own headers are remembered. */
const MOST_METERS = 10_000
/** So much of a wrong line is shown. */
const SHOWN = 200
/** Characters of the longest line of `--jsonl`. */
const MOST = 64 * 1024 * 1024

export function wmbusCommand(): Command {
  return new Command('wmbus')
    .addCommand(withMeterKey(decodeCommand()))
    .addCommand(withMeterKey(analyzeCommand(decoderFor)))
    .addCommand(solveCommand())
}

function withMeterKey(command: Command): Command {
  return withKey(command, "the meter's key")
    .option('--id <id>', 'meter number, 8 digits', parseMeterNumber)
    .option('--header <hex>', 'record header that compact frames leave out; may be repeated', addHeader)
    .addHelpText('after', '\n--key NOKEY reads telegrams that are not encrypted, or decrypted already.')
}

function decodeCommand(): Command {
  return new Command('decode')
    .description('decode telegrams; prints one JSON object a telegram, at once where the input comes live')
    .argument(
      '[telegram...]',
      'telegrams from the L field on, with or without checksums, or lines of a receiver; else standard input, one a line',
    )
    .option('--jsonl', 'standard input: a line is {"name","id","key","telegram_hex","prior_telegrams"?}')
    .addOption(tableOption())
    .addHelpText('after', examples('wmbus decode --id 74493770 --key-file meter.key < telegrams.txt'))
    .action(async (args: string[], options: DecodeOptions) => {
      const output = resultOutput(options.table)
      const writer = new DecodedJson()
      const errors = new Map<string, number>()
      let count = 0
      const tell = (telegram: DiagnosedTelegram, name?: string) => {
        count++
        output.line(writer.json(telegram, name))
        const { result } = telegram
        if (result !== 'ok') errors.set(result, (errors.get(result) ?? 0) + 1)
      }
      if (options.jsonl) {
        await readLines(process.stdin, new JsonLines(tell), output)
      } else {
        const decode = decoderFor(options)
        const reader = new TelegramReader((telegram) => tell(decode(telegram)))
        if (args.length > 0) for (const telegram of args.flatMap(parseArgument)) tell(decode(telegram))
        else await readLines(process.stdin, reader, output)
        reader.idle()
        await output.flush()
        if (reader.skipped > 0) say(`lines without a telegram: ${reader.skipped}`)
      }
      if (count === 0) throw new UsageError('no telegram given, as an argument or on standard input')
      const wrong = [...errors.values()].reduce((sum, times) => sum + times, 0)
      if (wrong === 0) return
      const hint = errors.has(WRONG_KEY) ? `; ${keyHint(options)}` : ''
      throw new NegativeResult(`${wrong} of ${count} telegrams: ${[...errors.keys()].join(', ')}${hint}`)
    })
}

/** The result of a telegram that was deciphered with another key, for one. */
const WRONG_KEY = 'payload-crc'

/** What a person should look at where the key may be a wrong one. */
export function keyHint({ key, keyFile }: KeyOptions): string {
  const isFromVariable = key === undefined && keyFile === undefined && process.env.KEY
  return isFromVariable
    ? 'the key is that of the environment variable KEY: a meter has a key of its own, not the master key of a device'
    : 'the key may be another one than the meter has'
}

/** Telegrams of different meters with what is known of them. */
class JsonLines implements LineReader {
  #tell: (telegram: DiagnosedTelegram, name: string | undefined) => void
  #long = ''

  constructor(tell: (telegram: DiagnosedTelegram, name: string | undefined) => void) {
    this.#tell = tell
  }

  push(text: string): void {
    if (text.trim() === '') return
    const { name, telegram } = decodeLine(text)
    this.#tell(telegram, name)
  }

  pushPart(part: string, isLast: boolean): void {
    this.#long += part
    if (this.#long.length > MOST) throw new UsageError('--jsonl: a line is longer than 64 MB')
    if (!isLast) return
    this.push(this.#long)
    this.#long = ''
  }
}

function parseArgument(text: string): LineTelegram[] {
  const telegrams = telegramsIn(text)
  if (telegrams.length === 0) throw new UsageError(`telegram: expected hex digits, two a byte, got "${shown(text)}"`)
  return telegrams
}

function shown(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text
}

function decodeLine(text: string): { readonly name?: string | undefined; readonly telegram: DiagnosedTelegram } {
  const line = parseLine(text)
  const decode = decoder(
    parseMeterKey(line.key ?? NO_KEY),
    line.id === undefined ? undefined : parseMeterNumber(line.id),
  )
  for (const prior of line.prior_telegrams ?? []) decode({ bytes: parseHex(prior, 'prior_telegrams') })
  return { name: line.name, telegram: decode({ bytes: parseHex(line.telegram_hex, 'telegram_hex') }) }
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
function decoder(key: Uint8Array | undefined, id: number | undefined, headers: readonly KnownHeader[] = []): Decoder {
  const known = [...headers, ...KNOWN_HEADERS]
  const meters = new Map<number, Signatures>()
  let fresh = new Signatures(known)
  return ({ bytes, isChecked }) => {
    const from = meterIdOf(bytes)
    const isOther = id !== undefined && from !== undefined && from !== id
    const signatures = (from === undefined ? undefined : meters.get(from)) ?? fresh
    const telegram = diagnose(bytes, { key: isOther ? undefined : key, crypto: nodeCrypto, signatures, isChecked })
    if (signatures === fresh && fresh.isUnsaved) {
      // Only meters that taught something are kept.
      if (from !== undefined && meters.size < MOST_METERS) meters.set(from, fresh)
      fresh = new Signatures(known)
    }
    return telegram
  }
}

/** The decoder that the options of `withMeterKey` ask for. */
export function decoderFor({ id, header, ...key }: DecodeOptions): Decoder {
  return decoder(parseMeterKey(keyText(key) ?? NO_KEY), id, header)
}

/** A header as a setting may end with `?`, which says that somebody solved it: a person sees what comes of it. */
function addHeader(text: string, headers: readonly KnownHeader[] = []): readonly KnownHeader[] {
  const hex = text.replace(/\?$/, '')
  const bytes = fromHex(hex)
  if (bytes === undefined || bytes.length === 0 || !isHeader(bytes))
    throw new UsageError(`--header: expected the DIF and VIF bytes of records in hex, got "${shown(text)}"`)
  return [...headers, knownHeader(hex)]
}
