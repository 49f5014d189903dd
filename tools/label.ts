import { Command, Option } from 'commander'
import { labelOf, PREFIXES, type Prefix } from '../image/label.js'
import { LABELS_A_PAGE, labelSheet } from '../image/label-sheet.js'
import { fromConfig } from './config-file.js'
import { readRegister, registered } from './key-register.js'
import { parseSerial } from './options.js'
import { PRIVATE, writeNew } from './output-file.js'
import { counted, say } from './print.js'

interface LabelOptions {
  readonly keys: string
  readonly serial?: readonly string[]
  readonly prefix?: Prefix
  readonly out: string
}

export function labelCommand(): Command {
  return fromConfig(new Command('label'), 'keys')
    .requiredOption('--keys <path>', 'key register')
    .option('--serial <n...>', 'only these devices, in this order', (text: string, others: string[] = []) => [
      ...others,
      parseSerial(text),
    ])
    .addOption(
      new Option(
        '--prefix <prefix>',
        'how the networks begin; else by kind: KAM_, electricity EL_, water WATER_',
      ).choices(Object.values(PREFIXES)),
    )
    .requiredOption('--out <file>', 'the page; nobody else can read it, and an existing file is not overwritten')
    .addHelpText(
      'after',
      `
A telephone that sees such a code joins the device's network. More than ${LABELS_A_PAGE} devices take more pages, FILE-2.svg and so on.
A set-up password of a device's own (SETUP_PASSWORD, or the page Password) is not in the register, so no label has it.
WATER_ is for water meters that count impulses; boards with FLOWIQ=1 need --prefix KAM_.

Examples:
  meterlogger label --keys keys.csv --out labels.svg
  meterlogger label --keys keys.csv --serial 7000001 7000002 --out two.svg`,
    )
    .action(({ keys, serial, prefix, out }: LabelOptions) => {
      const register = readRegister(keys)
      const devices = serial?.map((one) => registered(register, one, keys)) ?? register.devices
      const labels = devices.map((device) => labelOf(device, prefix ?? PREFIXES[device.kind ?? 'heat']))
      for (let page = 0; page * LABELS_A_PAGE < labels.length || page === 0; page++) {
        const path = page === 0 ? out : out.replace(/(\.svg)?$/i, `-${page + 1}$1`)
        const own = labels.slice(page * LABELS_A_PAGE, (page + 1) * LABELS_A_PAGE)
        writeNew(path, labelSheet(own), PRIVATE)
        say(`${counted(own.length, 'label')} in ${path}`)
      }
      say('Print at 100 %, without margins. They hold passwords; delete the file when they are printed.')
    })
}
