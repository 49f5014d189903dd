import { randomBytes } from 'node:crypto'
import { Command } from 'commander'
import { paddedSerial } from '../modules/app/identity.js'
import { UsageError } from './errors.js'
import { fleetSendCommand } from './fleet-send.js'
import { statusCommand } from './fleet-status.js'
import { parseSerial, parseWhole } from './options.js'
import { PRIVATE, writeNew } from './output-file.js'
import { counted, say } from './print.js'

const KEY_BYTES = 16
/** The largest serial number of 12 digits. */
const LAST = 999_999_999_999

interface KeysCommandOptions {
  readonly count: number
  readonly serial: string
  readonly out: string
}

export function fleetCommand(): Command {
  return new Command('fleet').addCommand(keysCommand()).addCommand(fleetSendCommand()).addCommand(statusCommand())
}

function keysCommand(): Command {
  return new Command('keys')
    .description('make random keys for new boards, as a key register that nobody else can read')
    .requiredOption('--count <n>', 'how many', parseWhole('--count', 1, 100_000))
    .requiredOption('--serial <first>', 'serial number of the first; the others count up from it', parseSerial)
    .requiredOption('--out <file>', 'the register; an existing file is not overwritten')
    .addHelpText(
      'after',
      `
Example:
  meterlogger fleet keys --count 50 --serial 7000001 --out keys.csv`,
    )
    .action(({ count, serial, out }: KeysCommandOptions) => {
      writeNew(out, newRegister(count, Number(serial)), PRIVATE)
      say(
        `${counted(count, 'key')} in ${out}. Whoever has one reads that device and commands it; keep a copy where you keep secrets.`,
      )
    })
}

/** A register of `count` random keys from the serial number `first` on. */
export function newRegister(count: number, first: number): string {
  if (first + count - 1 > LAST)
    throw new UsageError(`--serial: ${count} numbers from ${first} on have more than 12 digits`)
  const lines = Array.from(
    { length: count },
    (_, i) => `${paddedSerial(String(first + i))},${randomBytes(KEY_BYTES).toString('hex')}\n`,
  )
  return `serial,key\n${lines.join('')}`
}
