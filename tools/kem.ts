import { Command } from 'commander'
import { NegativeResult, UsageError } from './errors.js'
import { readKem } from './kem-file.js'

export function kemCommand(): Command {
  return new Command('kem')
    .description('meter keys out of a KEM file, the encrypted list of meters that Kamstrup delivers; prints JSON')
    .argument('<file>', 'the KEM file')
    .requiredOption('--password <password>', 'its password')
    .option('--serial <n>', 'only the meter of this serial number')
    .action(async (file: string, { password, serial }: { password: string; serial?: string }) => {
      if (serial !== undefined && !/^[0-9]{1,12}$/.test(serial))
        throw new UsageError(`--serial: expected 1 to 12 digits, got "${serial}"`)
      const meters = await readKem(file, password)
      const found = serial === undefined ? meters : meters.filter((meter) => isSame(meter.serial, serial))
      if (serial !== undefined && found.length === 0)
        throw new NegativeResult(`no meter ${serial} among the ${meters.length} of ${file}`)
      process.stdout.write(`${JSON.stringify(found)}\n`)
    })
}

/** Compares numbers without their leading zeros. */
function isSame(one: string, other: string): boolean {
  return one.replace(/^0+/, '') === other.replace(/^0+/, '')
}
