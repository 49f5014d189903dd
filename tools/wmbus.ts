import { Command } from 'commander'
import { DecodedTelegrams, KEY_HINT, notesOf } from '../decoders/decode-answer.js'
import type { LineTelegram } from '../decoders/heard-bytes.js'
import { type Decoder, telegramDecoder } from '../decoders/telegram-decoder.js'
import { telegramsIn } from '../decoders/telegram-line.js'
import { TelegramReader } from '../decoders/telegram-reader.js'
import { headerOf, NO_KEY, shown } from '../decoders/typed-text.js'
import { meterIdOf } from '../modules/wmbus/data-link.js'
import type { DiagnosedTelegram } from '../modules/wmbus/diagnose.js'
import type { KnownHeader } from '../modules/wmbus/signatures.js'
import { nodeCrypto } from '../twin/crypto.js'
import { examples } from './conventions.js'
import { accepted, NegativeResult, UsageError } from './errors.js'
import { resultOutput, tableOption } from './json-table.js'
import { type LineReader, readLines } from './line-output.js'
import { type KeyOptions, keyText, parseHex, parseMeterKey, parseMeterNumber, withKey } from './options.js'
import { sayLine } from './print.js'
import { analyzeCommand } from './wmbus-analyze.js'
import { solveCommand } from './wmbus-solve.js'

interface DecodeOptions extends KeyOptions {
  readonly id?: number
  readonly header?: readonly KnownHeader[]
  readonly jsonl?: boolean
  readonly table?: boolean
}

/** A line of standard input with `--jsonl`. */
interface Line {
  readonly name?: string
  readonly id?: string
  readonly key?: string
  readonly telegram_hex: string
  readonly prior_telegrams?: readonly string[]
}

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
      const decoded = new DecodedTelegrams()
      const tell = (telegram: DiagnosedTelegram, name?: string) => output.line(decoded.json(telegram, name))
      if (options.jsonl) {
        await readLines(process.stdin, new JsonLines(tell), output)
      } else {
        const decoder = decoderFor(options)
        const senders = new Senders(options)
        const decode = (telegram: LineTelegram) => senders.take(decoder(telegram))
        const reader = new TelegramReader((telegram) => tell(decode(telegram)))
        if (args.length > 0) for (const telegram of args.flatMap(parseArgument)) tell(decode(telegram))
        else await readLines(process.stdin, reader, output)
        reader.idle()
        await output.flush()
        for (const note of [...notesOf(reader), ...senders.notes]) sayLine(note)
      }
      if (decoded.count === 0) throw new UsageError('no telegram given, as an argument or on standard input')
      const problem = decoded.problem(keyHint(options))
      if (problem !== undefined) throw new NegativeResult(problem)
    })
}

/** What a person should look at where the key may be a wrong one. */
export function keyHint({ key, keyFile }: KeyOptions): string {
  const isFromVariable = key === undefined && keyFile === undefined && process.env.KEY
  return isFromVariable
    ? 'the key is that of the environment variable KEY: a meter has a key of its own, not the master key of a device'
    : KEY_HINT
}

/** Of whom telegrams have come, where they are asked for one meter with its key. */
class Senders {
  #wanted: number | undefined
  #first: number | undefined
  #isHeard = false

  constructor({ id, key, keyFile }: DecodeOptions) {
    const given = key ?? keyFile ?? process.env.KEY
    if (given && given !== NO_KEY) this.#wanted = id
  }

  take(telegram: DiagnosedTelegram): DiagnosedTelegram {
    const from = meterIdOf(telegram.frame)
    if (from === this.#wanted) this.#isHeard = true
    else this.#first ??= from
    return telegram
  }

  /** A digit too many or too few looks as if there were no key. */
  get notes(): readonly string[] {
    if (this.#wanted === undefined || this.#first === undefined || this.#isHeard) return []
    const [wanted, first] = [this.#wanted, this.#first].map((id) => id.toString(16).toUpperCase().padStart(8, '0'))
    return [`no telegram is from ${wanted}, the meter of --id that the key is for; the first is from ${first}`]
  }
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

function decodeLine(text: string): { readonly name?: string | undefined; readonly telegram: DiagnosedTelegram } {
  const line = parseLine(text)
  const decode = telegramDecoder({
    crypto: nodeCrypto,
    key: parseMeterKey(line.key ?? NO_KEY),
    id: line.id === undefined ? undefined : parseMeterNumber(line.id),
  })
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
  if (typeof line?.telegram_hex !== 'string') throw new UsageError(`--jsonl: no telegram_hex in ${shown(text)}`)
  return line as Line
}

/** The decoder that the options of `withMeterKey` ask for. */
export function decoderFor({ id, header, ...key }: DecodeOptions): Decoder {
  return telegramDecoder({
    crypto: nodeCrypto,
    key: parseMeterKey(keyText(key) ?? NO_KEY),
    id,
    ...(header === undefined ? {} : { headers: header }),
  })
}

function addHeader(text: string, headers: readonly KnownHeader[] = []): readonly KnownHeader[] {
  return [...headers, accepted(headerOf(text))]
}
