import { Command } from 'commander'
import { describeFrame, splitDump } from '../decoders/kmp.js'
import { toHex } from '../modules/codec/hex.js'
import { examples } from './conventions.js'
import { NegativeResult } from './errors.js'
import { parseHex, readStandardInput } from './options.js'
import { print, say } from './print.js'

export function kmpCommand(): Command {
  return new Command('kmp').addCommand(
    new Command('decode')
      .description('decode a frame, or all frames of a dump of both directions; prints JSON, one object a frame')
      .argument('[hex]', 'wire bytes as hex, start and stop bytes included; else standard input')
      .addHelpText('after', examples('kmp decode 403f0200692d32cd5d0d'))
      .action(async (hex: string | undefined) => {
        const bytes = parseHex(hex ?? (await readStandardInput()), 'frame')
        const { frames, stray } = splitDump(bytes)
        for (const part of frames.length > 0 ? stray : []) say(`passed over between frames: ${toHex(part)}`)
        const wrong: string[] = []
        for (const frame of frames.length > 0 ? frames : [bytes]) {
          const described = describeFrame(frame)
          print(JSON.stringify(described))
          if (described.result !== 'ok') wrong.push(described.result)
        }
        if (wrong.length > 1) throw new NegativeResult(`${wrong.length} of ${frames.length} frames are wrong`)
        // On a terminal the reason stands in the line above.
        const isSeen = process.stdout.isTTY && process.stderr.isTTY
        if (wrong.length > 0) throw new NegativeResult(isSeen ? 'the frame is wrong' : wrong[0])
      }),
  )
}
