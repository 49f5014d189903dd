import { Command } from 'commander'
import { kmpAnswer } from '../decoders/kmp-answer.js'
import { examples } from './conventions.js'
import { accepted, NegativeResult } from './errors.js'
import { tableOption } from './json-table.js'
import { readStandardInput } from './options.js'
import { tellAnswer } from './tell-answer.js'

export function kmpCommand(): Command {
  return new Command('kmp').addCommand(
    new Command('decode')
      .description('decode a frame, or all frames of a dump of both directions; prints JSON, one object per frame')
      .argument('[hex]', 'wire bytes as hex, start and stop bytes included; else standard input')
      .addOption(tableOption())
      .addHelpText('after', examples('kmp decode 403f0200692d32cd5d0d', 'kmp decode --table < dump.txt'))
      .action(async (hex: string | undefined, { table }: { readonly table?: boolean }) => {
        const answer = accepted(kmpAnswer(hex ?? (await readStandardInput())))
        const { lines, problem } = answer
        // On a terminal the reason stands in the line above.
        const isTerminal = process.stdout.isTTY && process.stderr.isTTY
        const isSeen = isTerminal && lines.some((line) => line.includes(JSON.stringify(problem)))
        tellAnswer(isSeen ? { ...answer, problem: undefined } : answer, table)
        if (isSeen) throw new NegativeResult('the frame is wrong')
      }),
  )
}
