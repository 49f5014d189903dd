import { Command } from 'commander'
import { describeReply } from '../decoders/en61107.js'
import { NegativeResult } from './errors.js'
import { printResult, tableOption } from './json-table.js'
import { parseHex, readStandardInput } from './options.js'

export function en61107Command(): Command {
  return new Command('en61107').addCommand(
    new Command('decode')
      .description('decode a data block or a standard-data reply; prints JSON')
      .argument('[hex]', 'characters as hex, with or without parity in bit 7; else standard input')
      .addOption(tableOption())
      .action(async (hex: string | undefined, { table }: { readonly table?: boolean }) => {
        const decoded = describeReply(parseHex(hex ?? (await readStandardInput()), 'reply'))
        printResult(JSON.stringify(decoded), table)
        if (decoded.result !== 'ok') throw new NegativeResult(decoded.result)
      }),
  )
}
