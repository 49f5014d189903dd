import { Command } from 'commander'
import { en61107Answer } from '../decoders/en61107-answer.js'
import { accepted } from './errors.js'
import { tableOption } from './json-table.js'
import { readStandardInput } from './options.js'
import { tellAnswer } from './tell-answer.js'

export function en61107Command(): Command {
  return new Command('en61107').addCommand(
    new Command('decode')
      .description('decode a data block or a standard-data reply; prints JSON')
      .argument('[hex]', 'characters as hex, with or without parity in bit 7; else standard input')
      .addOption(tableOption())
      .action(async (hex: string | undefined, { table }: { readonly table?: boolean }) => {
        tellAnswer(accepted(en61107Answer(hex ?? (await readStandardInput()))), table)
      }),
  )
}
