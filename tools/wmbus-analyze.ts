import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { type Analysis, CaptureAnalysis } from '../decoders/analysis.js'
import { analysisPage } from '../decoders/analysis-page.js'
import type { Decoder } from '../decoders/telegram-decoder.js'
import { TelegramReader } from '../decoders/telegram-reader.js'
import { NO_KEY } from '../decoders/typed-text.js'
import { meterIdOf } from '../modules/wmbus/data-link.js'
import { examples } from './conventions.js'
import { NegativeResult, UsageError } from './errors.js'
import { type KeyOptions, keyText } from './options.js'
import { say } from './print.js'
import { readRecording } from './read-recording.js'
import { tableLines } from './table.js'
import { verdictWords } from './verdict-words.js'

/** The results of bytes that only look like a telegram. */
const NO_TELEGRAM: readonly string[] = ['length-mismatch', 'truncated-header']

interface AnalyzeOptions extends KeyOptions {
  readonly id?: number
  readonly json?: boolean
  readonly html?: string
}

export function analyzeCommand(decoderOf: (options: object) => Decoder): Command {
  return new Command('analyze')
    .description('meters heard in a recording, how often, which frames are full, and which fail')
    .argument(
      '[file]',
      'what a receiver wrote, hex lines, JSON, or a recorded session of a VW1871; else standard input to its end or SIGINT',
    )
    .option('--json', 'print JSON')
    .option('--html <file>', 'write a page with plots, too: gaps, rssi and values over time')
    .addHelpText(
      'after',
      examples(
        'wmbus analyze capture.txt',
        'wmbus analyze capture.txt --id 74493770 --key-file meter.key --html capture.html',
      ),
    )
    .action(async (file: string | undefined, options: AnalyzeOptions) => {
      const decode = decoderOf(options)
      const analysis = new CaptureAnalysis(options.html !== undefined)
      const isKeyed = (keyText(options) ?? NO_KEY) !== NO_KEY
      const hasKey = (bytes: Uint8Array) => isKeyed && (options.id === undefined || meterIdOf(bytes) === options.id)
      const reader = new TelegramReader((telegram, place) =>
        analysis.add(decode(telegram), telegram, place, hasKey(telegram.bytes)),
      )
      await readRecording(file, reader, () => `${analysis.telegrams} telegrams`)
      if (reader.skipped > 0) say(`lines without a telegram: ${reader.skipped}`)
      if (analysis.telegrams === 0) throw new NegativeResult(`${file ?? 'standard input'}: no telegram found`)
      const { result } = analysis
      process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : report(result, analysis.keys))
      if (result.meters.every(({ results }) => Object.keys(results).every((one) => NO_TELEGRAM.includes(one))))
        throw new NegativeResult(`${file ?? 'standard input'}: no telegram is whole; is it a recording?`)
      // Last: what was heard for hours is not lost because a folder is not there.
      if (options.html !== undefined) writePage(options.html, analysisPage(file ?? '', result, analysis.series))
    })
}

function writePage(path: string, page: string): void {
  try {
    writeFileSync(path, page)
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function report({ meters, failed, failedMore = 0, others = 0 }: Analysis, keys: CaptureAnalysis['keys']): string {
  const rows = meters.map((meter) => [
    `${meter.manufacturer} ${meter.id || '?'}`,
    `${hex(meter.version)} ${hex(meter.type)}`,
    meter.telegrams,
    meter.period === null ? null : `${meter.period} s`,
    `${meter.full} + ${meter.compact}`,
    meter.fullAt.join(',') || null,
    meter.missed,
    meter.rssi?.mean,
    Object.entries(meter.results)
      .map(([result, times]) => `${result} ${times}`)
      .join(', '),
  ])
  const heads = ['meter', 'ver type', 'telegrams', 'period', 'full + compact', 'full at ACC mod 8', 'missed', 'rssi']
  const table = tableLines([...heads, 'result'], rows).map((line) => `${line}\n`)
  const verdicts = [...keys].map(([meter, key]) => `${meter}: ${verdictWords(`key=${key}&`)}\n`)
  const reasons = failed.map(({ place, id, result }) => `telegram ${place} of ${id || 'an unknown meter'}: ${result}\n`)
  if (failedMore > 0) reasons.push(`${failedMore} more telegrams failed\n`)
  if (others > 0) reasons.push(`${others} telegrams of more meters\n`)
  return [...table, ...verdicts, ...reasons].join('')
}

function hex(byte: number | null): string {
  return byte === null ? '?' : byte.toString(16).padStart(2, '0').toUpperCase()
}
