import { connectAsync, type MqttClient } from 'mqtt'
import { commandTopic } from '../modules/delivery/topics.js'
import type { Envelope } from '../modules/mqttcrypto/envelope.js'
import { NegativeResult } from './errors.js'
import { parseBroker, withoutPassword } from './options.js'

const CONNECT_TIMEOUT = 10_000

/** Opens an operator's connection to the broker. It reconnects every `reconnectPeriod` ms; with 0 it does not. */
export async function connectBroker(url: string, reconnectPeriod = 0): Promise<MqttClient> {
  parseBroker(url)
  try {
    return await connectAsync(url, { reconnectPeriod, connectTimeout: CONNECT_TIMEOUT }, false)
  } catch (error) {
    const reason = (error as Error & { code?: string }).message || (error as { code?: string }).code
    throw new NegativeResult(`${withoutPassword(url)}: ${reason ?? 'no connection'}`)
  }
}

/** Seals a command with this unix time and publishes it as the server does. */
export async function publishCommand(
  client: MqttClient,
  envelope: Envelope,
  command: { readonly serial: string; readonly time: number; readonly name: string; readonly payload: string },
): Promise<void> {
  const topic = commandTopic(command.serial, command.time, command.name)
  await client.publishAsync(topic, Buffer.from(envelope.seal(topic, command.payload)), { qos: 0 })
}
