import { Command } from 'commander'
import { messageFilter, messagePrefix } from '../modules/delivery/topics.js'
import { connectBroker, publishCommand } from './broker-client.js'
import { NegativeResult } from './errors.js'
import { envelopeFor, type KeyOptions, parseNumber, parseSerial, withKey } from './options.js'
import { print } from './print.js'

interface SendOptions extends KeyOptions {
  readonly broker: string
  readonly serial: string
  readonly wait?: number
}

/** The names of replies that differ from the names of their commands. */
const REPLY_NAMES: Readonly<Record<string, string>> = { scan: 'scan_result' }

export function sendCommand(): Command {
  return withKey(new Command('send'))
    .description('seal a command and publish it to a device')
    .argument('<command>', 'name of the command, ping for one')
    .argument('[payload]', 'its parameter; without one "1", as the server sends')
    .requiredOption('--broker <url>', 'mqtt://host:port')
    .requiredOption('--serial <n>', 'serial number of the device', parseSerial)
    .option('--wait <seconds>', 'wait for the reply and print its text', parseNumber('--wait', 0.1, 3600))
    .action(async (name: string, payload: string | undefined, options: SendOptions) => {
      const envelope = envelopeFor(options)
      const client = await connectBroker(options.broker)
      try {
        const replyName = REPLY_NAMES[name] ?? name
        const replyTopic = messagePrefix(replyName, options.serial)
        const reply = new Promise<string>((resolve) => {
          client.on('message', (topic, message) => {
            const opened = envelope.open(topic, message, Number.POSITIVE_INFINITY)
            if (opened.ok && topic.startsWith(replyTopic)) resolve(opened.value)
          })
        })
        if (options.wait !== undefined)
          await client.subscribeAsync(messageFilter(replyName, options.serial), { qos: 1 })
        const time = Math.floor(Date.now() / 1000)
        await publishCommand(client, envelope, { serial: options.serial, time, name, payload: payload ?? '1' })
        if (options.wait === undefined) return
        const text = await Promise.race([reply, timeout(options.wait)])
        if (text === undefined) throw new NegativeResult(`no reply to ${name} within ${options.wait} s`)
        print(text)
      } finally {
        await client.endAsync()
      }
    })
}

function timeout(seconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), seconds * 1000).unref())
}
