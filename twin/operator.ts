import { commandTopic } from '../modules/delivery/topics.js'
import type { Envelope } from '../modules/mqttcrypto/envelope.js'
import type { VirtualClock } from './clock.js'
import { type Arrived, opened } from './opened.js'

export interface OperatorOptions {
  readonly clock: VirtualClock
  readonly broker: { readonly messages: readonly Arrived[]; publish(topic: string, payload: Uint8Array): void }
  /** With the key of the device. */
  readonly envelope: Envelope
  /** Unix milliseconds when the clock began. */
  readonly unix: number
  /** The number of the device at this moment. */
  serial(): string
}

/** The server's side of a device under the virtual clock: it sends commands, and opens what the device publishes. */
export function operatorOf({ clock, broker, envelope, unix, serial }: OperatorOptions) {
  /** What the device has published, all of it or one kind. */
  const messages = (kind?: string) => opened(broker.messages, envelope, kind)

  /** Sends a command. */
  function send(name: string, payload = '1', changes: { time?: number; serial?: string; from?: Envelope } = {}): void {
    const time = changes.time ?? Math.floor((unix + clock.now()) / 1000)
    const topic = commandTopic(changes.serial ?? serial(), time, name)
    broker.publish(topic, (changes.from ?? envelope).seal(topic, payload))
  }

  /** Sends a command and collects what the device publishes in `ms` milliseconds, as `kind text`, without samples. */
  async function ask(name: string, payload = '1', ms = 500): Promise<string[]> {
    const before = broker.messages.length
    send(name, payload)
    await clock.run(ms)
    return messages()
      .slice(before)
      .filter(({ kind }) => kind !== 'sample')
      .map(({ kind, text }) => `${kind} ${text}`.trim())
  }

  /** Runs a device that was just switched on until it has announced everything. */
  async function announced(): Promise<void> {
    await clock.run(10_000)
    // A MULTICAL 66 takes longer to tell its number.
    const isThere = () => messages('reset_reason').length > 0
    if (isThere()) return
    await clock.run(60_000, isThere)
    await clock.run(2_000)
  }

  return { messages, send, ask, announced }
}
