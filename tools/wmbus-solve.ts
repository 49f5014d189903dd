import { Command } from 'commander'
import { HeaderQuestion, LIMIT_MS } from '../decoders/solver/answer.js'
import { TelegramReader } from '../decoders/telegram-reader.js'
import { nodeCrypto } from '../twin/crypto.js'
import { UsageError } from './errors.js'
import { tableOption } from './json-table.js'
import { type KeyOptions, keyText, parseMeterKey, parseMeterNumber, withKey } from './options.js'
import { Progress } from './progress.js'
import { readRecording } from './read-recording.js'
import { tellAnswer } from './tell-answer.js'

interface SolveOptions extends KeyOptions {
  readonly id: number
  readonly table?: boolean
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
      const text = keyText(options)
      if (text === undefined) throw new UsageError('no key: give --key, --key-file or the environment variable KEY')
      const question = new HeaderQuestion({ id: options.id, key: parseMeterKey(text), crypto: nodeCrypto })
      const reader = new TelegramReader((telegram) => question.add(telegram))
      await readRecording(file, reader, () => `${question.count} telegrams of the meter`)
      let state = ''
      const progress = new Progress(() => state)
      const answer = question.answer({
        now: () => performance.now(),
        onProgress: ({ time, bits, candidates }) => {
          const left = Math.ceil((LIMIT_MS * (1 - time)) / 1000)
          state = `headers of up to ${bits} bits, ${candidates} found, ${left} s left at most`
          void progress.flush()
        },
      })
      progress.end()
      if (!answer.ok) throw new UsageError(`${file ?? 'standard input'}: ${answer.error}`)
      tellAnswer(answer.value, options.table)
    })
}
