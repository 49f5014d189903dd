import type { MqttClient } from 'mqtt'
import type { Envelope } from '../modules/mqttcrypto/envelope.js'
import { brokerClient, publishCommand } from './broker-client.js'
import type { BrokerAccess } from './broker-options.js'
import { checkedCommand } from './commands.js'
import { LineSplitter } from './lines.js'
import { say } from './print.js'

/** Bytes of the longest line that somebody may type. */
const LONGEST_LINE = 65_536

const RECONNECT = 1_000

export interface TypedCommandsOptions {
  readonly broker: BrokerAccess
  readonly envelope: Envelope
  /** Of the device, at this moment. */
  serial(): string
  /** Unix milliseconds of the device. */
  unix(): number
  /** Takes a line that begins with `!`, without that; returns the answer. */
  enterFault(line: string): string
  onError(error: Error): void
}

/** Lines on standard input, which are commands to a device. The broker is called for them when the first one is typed. */
export class TypedCommands {
  #options: TypedCommandsOptions
  #client: MqttClient | undefined
  #lines = new LineSplitter((line) => this.#enter(line), LONGEST_LINE)
  #onData = (piece: Buffer) => {
    try {
      this.#lines.push(piece)
    } catch (error) {
      this.#options.onError(error as Error)
    }
  }

  constructor(options: TypedCommandsOptions) {
    this.#options = options
    process.stdin.on('data', this.#onData).once('end', () => this.#lines.end())
  }

  async close(): Promise<void> {
    process.stdin.off('data', this.#onData).pause()
    await this.#client?.endAsync(true)
  }

  #enter(line: string): void {
    const { envelope, serial, unix, enterFault, onError } = this.#options
    if (line.trim() === '') return
    if (line.startsWith('!')) return say(enterFault(line.slice(1)))
    const [name = '', ...words] = line.trim().split(' ')
    const checked = checkedCommand(name, words.length === 0 ? undefined : words.join(' '))
    if ('problem' in checked) return say(checked.problem)
    const command = { serial: serial(), time: Math.floor(unix() / 1000), name, payload: checked.payload }
    publishCommand(this.#open(), envelope, command).catch(onError)
  }

  #open(): MqttClient {
    this.#client ??= brokerClient(this.#options.broker, { reconnectPeriod: RECONNECT }).on('error', () => {})
    return this.#client
  }
}
