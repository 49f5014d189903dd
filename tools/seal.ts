import { Command } from 'commander'
import { openAnswer } from '../decoders/open-answer.js'
import { toHex } from '../modules/codec/hex.js'
import { parseMessageTopic } from '../modules/delivery/topics.js'
import { fromConfig, KEY_SETTINGS } from './config-file.js'
import { examples } from './conventions.js'
import { accepted, UsageError } from './errors.js'
import { envelopeFor, type KeysOptions, parseHex, readStandardInput, withKeys } from './options.js'
import { say } from './print.js'
import { tellAnswer } from './tell-answer.js'

interface TopicOptions extends KeysOptions {
  readonly topic: string
}

export function sealCommand(): Command {
  return fromConfig(withKeys(new Command('seal')), ...KEY_SETTINGS)
    .argument('[text]', 'the text; else standard input')
    .requiredOption('--topic <topic>', 'the topic it will be published on')
    .option('--iv <hex>', '16 bytes, for an output that can be repeated')
    .addHelpText('after', examples('seal --topic /config/v2/6892850/1700000000/ping 1 --keys keys.csv'))
    .action(async (text: string | undefined, options: TopicOptions & { iv?: string }) => {
      const envelope = envelopeFor(options, serialOf(options.topic))
      const iv = options.iv === undefined ? undefined : parseHex(options.iv, '--iv')
      if (iv !== undefined && iv.length !== 16) throw new UsageError(`--iv: expected 16 bytes, got ${iv.length}`)
      const clear = text ?? (await readStandardInput()).replace(/\r?\n$/, '')
      if (text === undefined && clear === '') say('standard input is empty, and so is the text that is sealed')
      process.stdout.write(`${toHex(envelope.seal(options.topic, clear, iv))}\n`)
    })
}

export function openCommand(): Command {
  return fromConfig(withKeys(new Command('open')), ...KEY_SETTINGS)
    .argument('[hex]', 'the message as hex; else standard input')
    .requiredOption('--topic <topic>', 'the topic it was published on')
    .addHelpText('after', examples('open --topic /ping/v2/6892850/1700000000 --keys keys.csv < message.hex'))
    .action(async (hex: string | undefined, options: TopicOptions) => {
      const envelope = envelopeFor(options, serialOf(options.topic))
      tellAnswer(accepted(openAnswer(envelope, options.topic, hex ?? (await readStandardInput()))))
    })
}

/** The serial number in the topic of a message or of a command, where both have it at the same place. */
function serialOf(topic: string): string {
  return parseMessageTopic(topic).serial
}
