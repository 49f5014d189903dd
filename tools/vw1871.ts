import { Command } from 'commander'
import { resultOutput, tableOption } from './json-table.js'
import { readLines } from './line-output.js'
import { SessionLines } from './session-lines.js'
import { recordCommand } from './vw1871-record.js'

export function vw1871Command(): Command {
  return new Command('vw1871').addCommand(decodeCommand()).addCommand(recordCommand())
}

function decodeCommand(): Command {
  return new Command('decode')
    .description('decode notifications from standard input: one session or one notification per line')
    .requiredOption('--jsonl', 'a line is {"notifications":[{"t","characteristic","hex"}]}, or one of these')
    .addOption(tableOption())
    .action(async ({ table }: { readonly table?: boolean }) => {
      const output = resultOutput(table)
      const reader = new SessionLines(output)
      await readLines(process.stdin, reader, output)
      reader.end()
      await output.flush()
    })
}
