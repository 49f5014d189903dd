import { Command } from 'commander'
import { LineOutput, readLines } from './line-output.js'
import { SessionLines } from './session-lines.js'
import { recordCommand } from './vw1871-record.js'

export function vw1871Command(): Command {
  return new Command('vw1871').addCommand(decodeCommand()).addCommand(recordCommand())
}

function decodeCommand(): Command {
  return new Command('decode')
    .description('decode notifications from standard input: a session a line, or one notification a line')
    .requiredOption('--jsonl', 'a line is {"notifications":[{"t","characteristic","hex"}]}, or one of these')
    .action(async () => {
      const output = new LineOutput()
      const reader = new SessionLines(output)
      await readLines(process.stdin, reader, output)
      reader.end()
      await output.flush()
    })
}
