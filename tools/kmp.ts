import { Command } from 'commander'
import { describeFrame, splitDump } from '../decoders/kmp.js'
import { toHex } from '../modules/codec/hex.js'
import { examples } from './conventions.js'
import { NegativeResult } from './errors.js'
import { resultOutput, tableOption } from './json-table.js'
import { parseHex, readStandardInput } from './options.js'
import { say } from './print.js'

export function kmpCommand(): Command {
  return new Command('kmp').addCommand(
    new Command('decode')
      .description('decode a frame, or all frames of a dump of both directions; prints JSON, one object a frame')
      .argument('[hex]', 'wire bytes as hex, start and stop bytes included; else standard input')
      .addOption(tableOption())
      .addHelpText('after', examples('kmp decode 403f0200692d32cd5d0d', 'kmp decode --table < dump.txt'))
      .action(async (hex: string | undefined, { table }: { readonly table?: boolean }) => {
        const bytes = parseHex(hex ?? (await readStandardInput()), 'frame')
        const { frames, stray } = splitDump(bytes)
        for (const part of frames.length > 0 ? stray : []) say(`passed over between frames: ${toHex(part)}`)
        const wrong: string[] = []
        const output = resultOutput(table)
        for (const frame of frames.length > 0 ? frames : [bytes]) {
          const described = describeFrame(frame)
          output.line(JSON.stringify(described))
          if (described.result !== 'ok') wrong.push(described.result)
        }
        await output.flush()
        if (wrong.length > 1) throw new NegativeResult(`${wrong.length} of ${frames.length} frames are wrong`)
        // On a terminal the reason stands in the line above.
        const isSeen = process.stdout.isTTY && process.stderr.isTTY
        if (wrong.length > 0) throw new NegativeResult(isSeen ? 'the frame is wrong' : wrong[0])
      }),
  )
}
