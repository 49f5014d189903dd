import { Command, Option } from 'commander'
import type { Answer } from '../decoders/answer.js'
import { type KemQuestion, kemAnswer } from '../decoders/kem-answer.js'
import { nodeCrypto } from '../twin/crypto.js'
import { examples } from './conventions.js'
import { accepted, UsageError } from './errors.js'
import { tableOption } from './json-table.js'
import { fileBytes } from './lines.js'
import { secretOf } from './options.js'
import { Progress, timeLeft } from './progress.js'
import { tellAnswer } from './tell-answer.js'

interface KemOptions {
  readonly password?: string
  readonly passwordFile?: string
  readonly serial?: string
  readonly table?: boolean
}

export function kemCommand(): Command {
  return new Command('kem')
    .argument('<file>', 'the KEM file')
    .addOption(
      new Option('--password <password>', 'its password, for everybody on this computer to see').conflicts(
        'passwordFile',
      ),
    )
    .option('--password-file <path>', 'file that holds its password; else the environment variable KEM_PASSWORD')
    .option('--serial <n>', 'only the meter of this serial number')
    .addOption(tableOption())
    .addHelpText(
      'after',
      examples(
        'kem meters.kem --password-file password.txt',
        'kem meters.kem --password-file password.txt --table',
        'kem meters.kem --password-file password.txt --serial 74493770',
      ),
    )
    .action(async (file: string, options: KemOptions) => {
      const password = secretOf(options.password, options.passwordFile, 'KEM_PASSWORD')
      if (password === undefined)
        throw new UsageError('no password: give --password-file, --password or the environment variable KEM_PASSWORD')
      const question = { bytes: new Uint8Array(fileBytes(file, '', MOST)), file, password, serial: options.serial }
      tellAnswer(await answerTo(question), options.table)
    })
}

/** Bytes of the longest file: an order of a thousand meters has less than a megabyte. */
const MOST = 64 * 1024 * 1024

async function answerTo(question: KemQuestion): Promise<Answer> {
  const began = performance.now()
  let share = 0
  const progress = new Progress(() => `${Math.floor(100 * share)} %${timeLeft(share, began)}`)
  const answer = await kemAnswer(question, nodeCrypto.aesCbcDecrypt, (done) => {
    share = done
    void progress.flush()
  })
  progress.end()
  return accepted(answer)
}
