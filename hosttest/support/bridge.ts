import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync, type MqttClient } from 'mqtt'
import { fromHex } from '../../modules/codec/hex.js'
import { Envelope } from '../../modules/mqttcrypto/envelope.js'
import { EmbeddedBroker } from '../../twin/broker.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { until } from './until.js'

/** A sample as a MULTICAL 601 has it. */
export const HEAT =
  'heap=21376&t1=68.460 C&t2=32.10 C&tdif=36.36 K&flow1=120 l/h&effect1=5.1 kW&hr=12345 h&v1=00123.45 m3&e1=1234.567 MWh&'
export const WATER = 'heap=21376&t1=12 C&t3=21 C&flow1=0 l/h&v1=8.915 m3&'

/** A device that says what a test wants. */
export class SimpleDevice {
  readonly serial: string
  readonly envelope: Envelope
  #client: MqttClient

  constructor(client: MqttClient, serial: string, key: string) {
    this.#client = client
    this.serial = serial
    this.envelope = new Envelope(nodeCrypto, fromHex(key)!)
  }

  /** Resolves when the broker has it. */
  async say(kind: string, text: string, time = Math.floor(Date.now() / 1000)): Promise<void> {
    const topic = `/${kind}/v2/${this.serial}/${time}`
    await this.#client.publishAsync(topic, Buffer.from(this.envelope.seal(topic, text)), { qos: 2 })
  }

  async isGone(): Promise<void> {
    await this.#client.publishAsync(`/offline/v1/${this.serial}`, '', { qos: 0 })
  }
}

/** What a broker's topics hold, and all that has come. */
export class Heard {
  readonly all: { readonly topic: string; readonly text: string; readonly payload: Buffer }[] = []
  readonly client: MqttClient

  private constructor(client: MqttClient) {
    this.client = client
    client.on('error', () => {})
    client.on('message', (topic, payload) => this.all.push({ topic, text: payload.toString(), payload }))
  }

  static async of(url: string, filter: string): Promise<Heard> {
    const heard = new Heard(await connectAsync(url, { reconnectPeriod: 50 }))
    await heard.client.subscribeAsync(filter, { qos: 1 })
    return heard
  }

  last(topic: string): string | undefined {
    return this.all.filter((one) => one.topic === topic).at(-1)?.text
  }

  count(topic: string): number {
    return this.all.filter((one) => one.topic === topic).length
  }

  async holds(topic: string, text?: string): Promise<string> {
    await until(
      () => (text === undefined ? this.last(topic) !== undefined : this.last(topic) === text),
      `${topic} ${text ?? ''}, has ${this.last(topic)}`,
    )
    return this.last(topic)!
  }

  async close(): Promise<void> {
    await this.client.endAsync(true)
  }
}

export interface BrokerWithRegister {
  readonly broker: EmbeddedBroker
  /** The file of the register. */
  readonly keys: string
  /** Hears all that comes. */
  readonly heard: Heard
  close(): Promise<void>
}

/** A broker, and the register of the devices as a file. */
export async function brokerWithRegister(register: string): Promise<BrokerWithRegister> {
  const broker = await EmbeddedBroker.listen(0)
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-bridge-'))
  const keys = join(folder, 'keys.csv')
  writeFileSync(keys, register, { mode: 0o600 })
  const heard = await Heard.of(broker.url, '#')
  return {
    broker,
    keys,
    heard,
    async close() {
      await heard.close()
      await broker.close()
      rmSync(folder, { recursive: true })
    },
  }
}
