import { Command } from 'commander'
import type { MqttClient } from 'mqtt'
import { messageFilter, messagePrefix } from '../modules/delivery/topics.js'
import type { Envelope } from '../modules/mqttcrypto/envelope.js'
import { connectBroker, publishCommand } from './broker-client.js'
import { type BrokerOptions, brokerAccess, withBroker } from './broker-options.js'
import { checkedCommand, commandsText, replyOf } from './commands.js'
import { NegativeResult, UsageError } from './errors.js'
import { fileText } from './lines.js'
import { envelopeFor, type KeysOptions, parseNumber, parseSerial, withKeys } from './options.js'
import { print, say } from './print.js'

interface SendOptions extends KeysOptions, BrokerOptions {
  readonly serial: string
  readonly wait?: number
  readonly payloadFile?: string
}

/** What the firmware says where it does not do as it was told. */
const REFUSED = 'refused: '

export function sendCommand(): Command {
  return withKeys(withBroker(new Command('send')))
    .description('seal a command and publish it to a device')
    .argument('<command>', 'name of the command, ping for one')
    .argument('[payload]', 'its parameter, where it takes one')
    .option('--payload-file <path>', 'file that holds the parameter, which may be a secret')
    .requiredOption('--serial <n>', 'serial number of the device', parseSerial)
    .option('--wait <seconds>', 'wait for the reply and print its text', parseNumber('--wait', 0.1, 3600))
    .addHelpText('after', commandsText())
    .action(async (name: string, payload: string | undefined, options: SendOptions) => {
      const envelope = envelopeFor(options, options.serial)
      const broker = brokerAccess(options)
      const checked = checkedCommand(name, payloadOf(payload, options))
      if ('problem' in checked) throw new UsageError(checked.problem)
      const client = await connectBroker(broker)
      try {
        await send(client, envelope, name, checked.payload, options)
      } finally {
        await client.endAsync()
      }
    })
}

function payloadOf(payload: string | undefined, { payloadFile }: SendOptions): string | undefined {
  if (payloadFile === undefined) return payload
  if (payload !== undefined) throw new UsageError('--payload-file: the parameter is given already')
  return fileText(payloadFile).replace(/\r?\n$/, '')
}

async function send(
  client: MqttClient,
  envelope: Envelope,
  name: string,
  payload: string,
  { serial, wait }: SendOptions,
): Promise<void> {
  const publish = (name: string, payload: string) =>
    publishCommand(client, envelope, { serial, time: Math.floor(Date.now() / 1000), name, payload })
  if (wait === undefined) return publish(name, payload)
  const { name: replyName, check } = replyOf(name)
  // A command that is not answered may still be refused, under its own name.
  const names = [replyName ?? name, ...(check === undefined ? [] : [check])]
  const reply = new Promise<string>((resolve) => {
    client.on('message', (topic, message) => {
      const opened = envelope.open(topic, message, Number.POSITIVE_INFINITY)
      if (opened.ok && names.some((one) => topic.startsWith(messagePrefix(one, serial)))) resolve(opened.value)
    })
  })
  await client.subscribeAsync(
    names.map((one) => messageFilter(one, serial)),
    { qos: 1 },
  )
  await publish(name, payload)
  if (replyName === undefined && check === undefined) return say(`${name} has no reply`)
  if (check !== undefined) await publish(check, '1')
  const text = await Promise.race([reply, timeout(wait)])
  if (text === undefined) throw new NegativeResult(`no reply to ${name} within ${wait} s`)
  print(text)
  if (text.startsWith(REFUSED)) process.exitCode = 1
}

function timeout(seconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), seconds * 1000).unref())
}
