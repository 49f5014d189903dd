import { Command } from 'commander'
import { messageFilter, offlineTopic, parseMessageTopic } from '../modules/delivery/topics.js'
import { connectBroker } from './broker-client.js'
import { type BrokerOptions, brokerAccess, withBroker } from './broker-options.js'
import { NegativeResult } from './errors.js'
import { type Envelopes, envelopesFor, type KeysOptions, parseSerial, withKeys } from './options.js'
import { print, say, sayLine } from './print.js'

interface ListenOptions extends KeysOptions, BrokerOptions {
  readonly serial?: string
  readonly json?: boolean
}

export interface OpenedMessage {
  /** Unix seconds of the topic, or of now when the topic has none. */
  readonly time: number
  readonly topic: string
  readonly serial: string
  readonly kind: string
  readonly text: string
  readonly fields: { readonly [name: string]: string }
}

export function listenCommand(): Command {
  return withKeys(withBroker(new Command('listen')))
    .description('subscribe and print every message of the devices that the key opens')
    .option('--serial <n>', 'only this device', parseSerial)
    .option('--json', 'one JSON object a line')
    .action(async (options: ListenOptions) => {
      const envelopes = envelopesFor(options)
      const broker = brokerAccess(options)
      const client = await connectBroker(broker)
      await client.subscribeAsync([messageFilter(undefined, options.serial), offlineTopic(options.serial)], { qos: 1 })
      say(`listening on ${broker.shown}`)
      client.on('message', (topic, payload) => {
        const message = openMessage(envelopes, topic, payload)
        if (typeof message === 'string') sayLine(`${topic}: ${message}`)
        else print(options.json ? JSON.stringify(message) : messageLine(message))
      })
      process.once('SIGINT', () => client.end())
      process.once('SIGTERM', () => client.end())
      await new Promise<void>((resolve, reject) => {
        client.once('error', reject)
        client.once('close', () =>
          client.disconnecting ? resolve() : reject(new NegativeResult(`${broker.shown}: connection closed`)),
        )
      })
    })
}

/** Opens a message of a device, or says why it cannot. The will is neither sealed nor dated. */
export function openMessage(envelopes: Envelopes, topic: string, payload: Uint8Array): OpenedMessage | string {
  const { kind, serial, time } = parseMessageTopic(topic)
  if (time === undefined) return { time: Math.floor(Date.now() / 1000), topic, serial, kind, text: '', fields: {} }
  const envelope = envelopes(serial)
  if (envelope === undefined) return 'no key of this device'
  const opened = envelope.open(topic, payload, Number.POSITIVE_INFINITY)
  if (!opened.ok) return opened.error
  return { time, topic, serial, kind, text: opened.value, fields: fieldsOf(opened.value) }
}

/** The `key=value` pairs of a text, which `&` separates. */
function fieldsOf(text: string): OpenedMessage['fields'] {
  const fields: Record<string, string> = {}
  for (const pair of text.split('&')) {
    const at = pair.indexOf('=')
    if (at > 0) fields[pair.slice(0, at)] = pair.slice(at + 1)
  }
  return fields
}

/** Formats one line for people: time, topic, text. A time that no calendar has stays a number. */
export function messageLine(message: { readonly time: number; readonly topic: string; readonly text: string }): string {
  const date = new Date(message.time * 1000)
  const isDate = !Number.isNaN(date.getTime())
  const time = isDate ? date.toISOString().slice(0, 19).replace('T', ' ') : String(message.time)
  return `${time}  ${message.topic}  ${message.text}`.trimEnd()
}
