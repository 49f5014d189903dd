import { Command, Option } from 'commander'
import { type KemContent, readKem } from '../decoders/kem.js'
import { nodeCrypto } from '../twin/crypto.js'
import { examples } from './conventions.js'
import { NegativeResult, UsageError } from './errors.js'
import { printResult, tableOption } from './json-table.js'
import { fileBytes } from './lines.js'
import { secretOf } from './options.js'
import { sayLine } from './print.js'
import { Progress, timeLeft } from './progress.js'

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
      const { serial } = options
      if (serial !== undefined && !/^[0-9]{1,12}$/.test(serial))
        throw new UsageError(`--serial: expected 1 to 12 digits, got "${serial}"`)
      const password = secretOf(options.password, options.passwordFile, 'KEM_PASSWORD')
      if (password === undefined)
        throw new UsageError('no password: give --password-file, --password or the environment variable KEM_PASSWORD')
      const { meters, unread } = await contentOf(file, password)
      const found = serial === undefined ? meters : meters.filter((meter) => isSame(meter.serial, serial))
      for (const { name, reason } of unread) sayLine(`${name} in ${file}: ${reason}`)
      if (serial !== undefined && found.length === 0)
        throw new NegativeResult(`no meter ${serial} among the ${meters.length} of ${file}`)
      printResult(JSON.stringify(found), options.table)
      if (serial === undefined && unread.length > 0)
        throw new NegativeResult(`${unread.length} of the lists in ${file} could not be read`)
    })
}

/** Bytes of the longest file: an order of a thousand meters has less than a megabyte. */
const MOST = 64 * 1024 * 1024

async function contentOf(file: string, password: string): Promise<KemContent> {
  const bytes = new Uint8Array(fileBytes(file, MOST))
  const began = performance.now()
  let share = 0
  const progress = new Progress(() => `${Math.floor(100 * share)} %${timeLeft(share, began)}`)
  const content = await readKem(bytes, password, nodeCrypto.aesCbcDecrypt, (done) => {
    share = done
    void progress.flush()
  })
  progress.end()
  if (!content.ok) throw new NegativeResult(content.error)
  return content.value
}

/** Compares numbers without their leading zeros. */
function isSame(one: string, other: string): boolean {
  return one.replace(/^0+/, '') === other.replace(/^0+/, '')
}
