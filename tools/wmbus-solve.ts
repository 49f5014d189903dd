import { Command } from 'commander'
import { HeaderQuestion } from '../decoders/solver/answer.js'
import type { Progress } from '../decoders/solver/solve.js'
import { TelegramReader } from '../decoders/telegram-reader.js'
import { nodeCrypto } from '../twin/crypto.js'
import { UsageError } from './errors.js'
import { type KeyOptions, keyText, parseMeterKey, parseMeterNumber, withKey } from './options.js'
import { readRecording } from './read-recording.js'
import { tellAnswer } from './tell-answer.js'

interface SolveOptions extends KeyOptions {
  readonly id: number
}

export function solveCommand(): Command {
  return withKey(new Command('solve'), "the meter's key")
    .description('find the record header of compact telegrams that nobody knows; prints one JSON object')
    .argument('[file]', 'what a receiver wrote, or hex a line; else standard input to its end or SIGINT')
    .requiredOption('--id <id>', 'meter number, 8 digits', parseMeterNumber)
    .addHelpText(
      'after',
      `
--key NOKEY reads telegrams that are decrypted already.

Example:
  meterlogger wmbus solve --id 12345678 --key-file meter.key recording.txt`,
    )
    .action(async (file: string | undefined, options: SolveOptions) => {
      const text = keyText(options)
      if (text === undefined) throw new UsageError('no key: give --key, --key-file or the environment variable KEY')
      const question = new HeaderQuestion({ id: options.id, key: parseMeterKey(text), crypto: nodeCrypto })
      const reader = new TelegramReader((telegram) => question.add(telegram))
      await readRecording(file, reader, () => `${question.count} telegrams of the meter`)
      const onProgress = process.stderr.isTTY ? showProgress() : undefined
      const answer = question.answer({ now: () => performance.now(), onProgress })
      if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
      if (!answer.ok) throw new UsageError(`${file ?? 'standard input'}: ${answer.error}`)
      tellAnswer(answer.value)
    })
}

/** A line on the terminal, four times a second at most. */
function showProgress() {
  let last = 0
  return ({ time, bits, candidates }: Progress) => {
    if (performance.now() - last < 250) return
    last = performance.now()
    const share = Math.round(100 * time)
    process.stderr.write(`\r\x1b[K${share} % of the time, headers of up to ${bits} bits, ${candidates} found`)
  }
}
