import { Command } from 'commander'
import { fieldsJson } from '../decoders/decoded-json.js'
import { agrees } from '../decoders/solver/compact.js'
import { compactsIn, type Heard } from '../decoders/solver/heard.js'
import { type Solution, SURE_ODDS, solve } from '../decoders/solver/solve.js'
import { groupOf } from '../decoders/solver/vocabulary.js'
import { TelegramReader } from '../decoders/telegram-reader.js'
import { hexDigits, toHex } from '../modules/codec/hex.js'
import { KNOWN_HEADERS } from '../modules/radio/detect.js'
import { meterIdOf } from '../modules/wmbus/data-link.js'
import { type DiagnosedTelegram, diagnose } from '../modules/wmbus/diagnose.js'
import { knownHeader, Signatures } from '../modules/wmbus/signatures.js'
import { nodeCrypto } from '../twin/crypto.js'
import { NegativeResult, UsageError } from './errors.js'
import { printResult, tableOption } from './json-table.js'
import { type KeyOptions, keyText, parseMeterKey, parseMeterNumber, withKey } from './options.js'
import { say } from './print.js'
import { Progress } from './progress.js'
import { readRecording } from './read-recording.js'

interface SolveOptions extends KeyOptions {
  readonly id: number
  readonly table?: boolean
}

/** More of one meter say nothing new. */
const MOST = 10_000
/** The rest of a minute is for reading and printing. */
const LIMIT_MS = 55_000

const MORE =
  'More telegrams with other values help most (some minutes in which water or heat is used), and a full frame ends it.'
const REASONS: Readonly<Record<NonNullable<Solution['problem']>, string>> = {
  'no-data': 'The telegrams have no data.',
  'no-fit': 'No sequence of known records fills the data. A full frame of the meter is needed.',
}

export function solveCommand(): Command {
  return withKey(new Command('solve'), "the meter's key")
    .description('find the record header of compact telegrams that nobody knows; prints one JSON object')
    .argument('[file]', 'what a receiver wrote, or hex a line; else standard input to its end or SIGINT')
    .requiredOption('--id <id>', 'meter number, 8 digits', parseMeterNumber)
    .addOption(tableOption())
    .addHelpText(
      'after',
      `
--key NOKEY reads telegrams that are decrypted already.

Example:
  meterlogger wmbus solve --id 12345678 --key-file meter.key recording.txt`,
    )
    .action(async (file: string | undefined, options: SolveOptions) => {
      const signatures = new Signatures(KNOWN_HEADERS)
      const telegrams = await telegramsOf(file, options, signatures)
      const [unknown, ...others] = compactsIn(telegrams)
      if (unknown === undefined) throw new NegativeResult(whyNothing(telegrams, options.id))
      for (const { signature, compacts, isKnown } of others)
        if (!isKnown) say(`also heard: signature ${hexDigits(signature, 4)} (${compacts.length} telegrams); not tried`)
      answer(unknown, signatures, options.table)
    })
}

/** The first telegrams of the meter; what its full frames teach is in `signatures` then. */
async function telegramsOf(
  file: string | undefined,
  options: SolveOptions,
  signatures: Signatures,
): Promise<DiagnosedTelegram[]> {
  const text = keyText(options)
  if (text === undefined) throw new UsageError('no key: give --key, --key-file or the environment variable KEY')
  const key = parseMeterKey(text)
  const telegrams: DiagnosedTelegram[] = []
  let heard = 0
  const reader = new TelegramReader(({ bytes, isChecked }) => {
    heard++
    if (meterIdOf(bytes) !== options.id || telegrams.length === MOST) return
    telegrams.push(diagnose(bytes, { key, crypto: nodeCrypto, signatures, isChecked }))
  })
  await readRecording(file, reader, () => `${telegrams.length} telegrams of the meter`)
  if (heard === 0) throw new UsageError(`${file ?? 'standard input'}: no telegram found`)
  return telegrams
}

function whyNothing(telegrams: readonly DiagnosedTelegram[], id: number): string {
  const meter = hexDigits(id, 8).toUpperCase()
  if (telegrams.length === 0) return `no telegram of meter ${meter}`
  const isWrong = telegrams.every(({ result }) => result === 'payload-crc' || result === 'decrypt-check')
  if (isWrong) return `wrong key for meter ${meter}: no payload has the right checksum`
  const results = [...new Set(telegrams.map(({ result }) => result))].join(', ')
  return `no compact telegram of meter ${meter} that can be read: ${results}`
}

function answer(unknown: Heard, signatures: Signatures, isTable: boolean | undefined): void {
  const { signature, compacts } = unknown
  const known = signatures.find(signature)
  if (known !== undefined && compacts.every((compact) => agrees(known, compact))) {
    const reason = signatures.isLearned(signature) ? 'a full frame' : 'a header that is known'
    const hex = toHex(known)
    const members = { header: hex, setting: hex, telegrams: compacts.length, candidates: 1, odds: 0, reason }
    return printResult(line('solved', unknown, members, hex), isTable)
  }
  const type = unknown.telegrams[0]!.type
  const progress = new Progress(() => state)
  let state = ''
  const solution = solve(compacts, {
    group: groupOf(type),
    known: KNOWN_HEADERS,
    now: () => performance.now(),
    limitMs: LIMIT_MS,
    meaningOf: (header) => meaningText(unknown.telegrams.at(-1)!, toHex(header)),
    onProgress: ({ time, bits, candidates }) => {
      const left = Math.ceil((LIMIT_MS * (1 - time)) / 1000)
      state = `headers of up to ${bits} bits, ${candidates} found, ${left} s left at most`
      void progress.flush()
    },
  })
  progress.end()
  tell(solution, unknown, isTable)
}

function tell(solution: Solution, unknown: Heard, isTable: boolean | undefined): void {
  const { result, candidates, telegrams, problem, isLate } = solution
  const headers = candidates.map(({ header }) => header.toLowerCase())
  const [best] = candidates
  const odds = best && Number(best.odds.toPrecision(2))
  if (result === 'solved') {
    const [header = ''] = headers
    const setting = best!.odds > SURE_ODDS ? `${header}?` : header
    const members = { header, setting, telegrams, candidates: candidates.length, odds }
    return printResult(line(result, unknown, members, header), isTable)
  }
  const time = isLate ? 'The time was over before every header that may be was tried. ' : ''
  const few = telegrams < 2 ? 'All telegrams have the same data. ' : ''
  const reason = problem === undefined ? `${time}${few}${MORE}` : REASONS[problem]
  const lists = result === 'ambiguous' ? { headers, odds } : {}
  printResult(line(result, unknown, { ...lists, telegrams, candidates: candidates.length, reason }), isTable)
  throw new NegativeResult(`${result}: ${reason}`)
}

/** @param header gives the fields of the last telegram */
function line(result: string, { signature, telegrams }: Heard, members: object, header?: string): string {
  const text = JSON.stringify({ result, signature: hexDigits(signature, 4), ...members })
  return header === undefined ? text : `${text.slice(0, -1)},"fields":${fieldsText(telegrams.at(-1)!, header)}}`
}

/** The fields that a header gives of a telegram, as JSON whose numbers have the digits that the meter gave. */
function fieldsText({ frame }: DiagnosedTelegram, header: string): string {
  const telegram = diagnose(frame, {
    key: undefined,
    crypto: nodeCrypto,
    signatures: new Signatures([knownHeader(header)]),
  })
  return `{${fieldsJson(telegram)}}`
}

/** What a header says: the fields, or the header itself where no field is known. */
function meaningText(telegram: DiagnosedTelegram, header: string): string {
  const fields = fieldsText(telegram, header)
  return fields === '{}' ? header : fields
}
