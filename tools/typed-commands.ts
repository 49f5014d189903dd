import type { MqttClient } from 'mqtt'
import type { Envelope } from '../modules/mqttcrypto/envelope.js'
import { brokerClient, publishCommand } from './broker-client.js'
import type { BrokerAccess } from './broker-options.js'
import { checkedCommand, NO_PARAMETER, replyOf } from './commands.js'
import { helpText, type Vocabulary } from './twin-words.js'

const RECONNECT = 1_000

/** ms that the device has to answer, by the computer's clock. */
const PATIENCE = 10_000

export interface TypedCommandsOptions {
  readonly broker: BrokerAccess
  readonly envelope: Envelope
  /** Of the device, at this moment. */
  serial(): string
  /** Unix milliseconds of the device. */
  unix(): number
  /** Whether the device is at its broker. */
  isConnected(): boolean
  readonly vocabulary: Vocabulary
  /** Takes a line that begins with `!`, without that; returns the answer. */
  enterFault(line: string): string
  say(text: string): void
  onEnd(error?: Error): void
}

/** Lines that somebody types, which are commands to a device. The broker is called for them when the first one is typed. */
export class TypedCommands {
  #options: TypedCommandsOptions
  #client: MqttClient | undefined
  /** The commands that are not answered yet, by the kind of their replies. */
  #waiting = new Map<string, NodeJS.Timeout>()

  constructor(options: TypedCommandsOptions) {
    this.#options = options
  }

  enter(line: string): void {
    const { vocabulary, say, enterFault, onEnd } = this.#options
    const text = line.trim()
    if (text === '') return
    if (text === 'help' || text === '?') return say(helpText(vocabulary))
    if (text === 'quit') return onEnd()
    if (text.startsWith('!')) return say(enterFault(text.slice(1)))
    const [name = '', ...words] = text.split(' ')
    const checked = checkedCommand(name, words.length === 0 ? undefined : words.join(' '), vocabulary.commands)
    if ('problem' in checked) return say(checked.problem)
    this.#send(name, checked.payload)
  }

  /** The device has sent a message of this kind. */
  onMessage(kind: string): void {
    clearTimeout(this.#waiting.get(kind))
    this.#waiting.delete(kind)
  }

  async close(): Promise<void> {
    for (const timer of this.#waiting.values()) clearTimeout(timer)
    await this.#client?.endAsync(true)
  }

  #send(name: string, payload: string): void {
    const { isConnected, say } = this.#options
    if (!isConnected())
      return say(`${name} is not sent: the device is not at its broker now, and a broker keeps no commands`)
    this.#publish(name, payload)
    const { name: reply, check } = replyOf(name)
    if (check !== undefined) this.#publish(check, NO_PARAMETER)
    const kind = reply ?? check
    if (kind === undefined) return say(`${name} has no reply`)
    this.onMessage(kind)
    const timer = setTimeout(() => {
      this.#waiting.delete(kind)
      say(`${name}: no reply within ${PATIENCE / 1000} s`)
    }, PATIENCE)
    this.#waiting.set(kind, timer.unref())
  }

  #publish(name: string, payload: string): void {
    const { broker, envelope, serial, unix, onEnd } = this.#options
    const command = { serial: serial(), time: Math.floor(unix() / 1000), name, payload }
    this.#client ??= brokerClient(broker, { reconnectPeriod: RECONNECT }).on('error', () => {})
    publishCommand(this.#client, envelope, command).catch(onEnd)
  }
}
