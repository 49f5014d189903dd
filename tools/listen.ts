import { Command } from 'commander'
import { type Field, fieldsOf } from '../bridge/fields.js'
import { messageFilter, offlineTopic, parseMessageTopic } from '../modules/delivery/topics.js'
import { RealClock } from '../twin/clock.js'
import { type BrokerOptions, brokerAccess, withBroker } from './broker-options.js'
import { BrokerSession } from './broker-session.js'
import { BROKER_SETTINGS, fromConfig, KEY_SETTINGS } from './config-file.js'
import { examples } from './conventions.js'
import { LineOutput } from './line-output.js'
import { type Envelopes, envelopesFor, type KeysOptions, parseSerial, withKeys } from './options.js'
import { say, sayLine } from './print.js'
import { untilSignal } from './running.js'

interface ListenOptions extends KeysOptions, BrokerOptions {
  readonly serial?: string
  readonly json?: boolean
}

/** A `key=value unit` of the text. */
export interface OpenedField {
  /** Missing where the text is no number; as near as a float comes. */
  readonly value?: number
  /** Exact. */
  readonly text: string
  readonly unit?: string
}

export interface OpenedMessage {
  /** Unix seconds of the topic, or of now when the topic has none. */
  readonly time: number
  readonly topic: string
  readonly serial: string
  readonly kind: string
  readonly text: string
  readonly fields: { readonly [name: string]: OpenedField }
}

export function listenCommand(): Command {
  return fromConfig(withKeys(withBroker(new Command('listen'))), ...BROKER_SETTINGS, ...KEY_SETTINGS)
    .option('--serial <n>', 'only this device', parseSerial)
    .option('--json', 'one JSON object per line')
    .addHelpText(
      'after',
      examples(
        'listen --broker mqtt://127.0.0.1 --keys keys.csv',
        'listen --broker mqtt://127.0.0.1 --keys keys.csv --serial 6892850 --json',
      ),
    )
    .action(async (options: ListenOptions) => {
      const envelopes = envelopesFor(options)
      const broker = brokerAccess(options)
      const output = new LineOutput()
      const session = new BrokerSession(
        {
          broker,
          clientId: undefined,
          filters: [messageFilter(undefined, options.serial), offlineTopic(options.serial)],
          qos: 1,
          clock: new RealClock(),
        },
        {
          say: sayLine,
          onMessage({ topic, payload, acknowledge }) {
            const message = openMessage(envelopes, topic, payload)
            if (typeof message === 'string') sayLine(`${topic}: ${message}`)
            else output.line(options.json ? JSON.stringify(message) : messageLine(message))
            void output.flush().then(acknowledge)
          },
        },
      )
      const ended = untilSignal()
      const started = session.start().then(() => say(`listening on ${broker.shown}`))
      await Promise.race([started, ended])
      await ended
      session.close()
    })
}

/** Opens a message of a device, or says why it cannot. The will is neither sealed nor dated. */
export function openMessage(envelopes: Envelopes, topic: string, payload: Uint8Array): OpenedMessage | string {
  const { kind, serial, time } = parseMessageTopic(topic)
  if (time === undefined) return { time: Math.floor(Date.now() / 1000), topic, serial, kind, text: '', fields: {} }
  const envelope = envelopes(serial)
  if (envelope === undefined) return 'no key of this device'
  const opened = envelope.open(topic, payload, Number.POSITIVE_INFINITY)
  if (!opened.ok) return opened.error.startsWith('hmac') ? `wrong key (${opened.error})` : opened.error
  return { time, topic, serial, kind, text: opened.value, fields: namedFields(opened.value) }
}

/** The fields as JSON has them. */
function namedFields(text: string): OpenedMessage['fields'] {
  const named = [...fieldsOf(text)].map(([name, field]) => [name, fieldObject(field)] as const)
  return Object.fromEntries(named)
}

function fieldObject({ text, unit, isNumber }: Field): OpenedField {
  return { ...(isNumber && { value: Number(text) }), text, ...(unit !== undefined && { unit }) }
}

/** Formats one line for people: time, topic, text. A time that no calendar has stays a number. */
export function messageLine(message: { readonly time: number; readonly topic: string; readonly text: string }): string {
  const date = new Date(message.time * 1000)
  const isDate = !Number.isNaN(date.getTime())
  const time = isDate ? date.toISOString().slice(0, 19).replace('T', ' ') : String(message.time)
  return `${time}  ${message.topic}  ${message.text}`.trimEnd()
}
