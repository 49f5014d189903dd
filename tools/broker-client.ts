import { createConnection } from 'node:net'
import { type IClientOptions, MqttClient } from 'mqtt'
import { commandTopic } from '../modules/delivery/topics.js'
import type { Envelope } from '../modules/mqttcrypto/envelope.js'
import { bounded } from '../twin/packet-bound.js'
import type { BrokerAccess } from './broker-options.js'
import { NegativeResult } from './errors.js'
import { CONNECT_TIMEOUT, connectSecurely, tlsReason } from './secure-socket.js'

/** The operator's side of a connection to the broker, which opens it. It ends with a packet beyond 64 kB. */
export function brokerClient(broker: BrokerAccess, options: IClientOptions): MqttClient {
  const { host, port, user, password, isSecure } = broker
  // Its cache holds a buffer for each of 65,536 numbers.
  const all: IClientOptions = { connectTimeout: CONNECT_TIMEOUT, writeCache: false, ...options }
  if (user !== undefined) all.username = user
  if (password !== undefined) all.password = password
  const open = () => (isSecure ? connectSecurely(broker) : createConnection({ host, port }))
  return new MqttClient(() => bounded(open()), all)
}

/** Opens an operator's connection to the broker. It reconnects every `reconnectPeriod` ms; with 0 it does not. */
export async function connectBroker(broker: BrokerAccess, reconnectPeriod = 0): Promise<MqttClient> {
  // A broker that breaks the protocol later ends the connection, which is told in another way.
  const client = brokerClient(broker, { reconnectPeriod }).on('error', () => {})
  try {
    await new Promise<void>((resolve, reject) => {
      const onClose = () => reject(new Error('connection closed'))
      client.once('error', reject)
      client.once('close', onClose)
      client.once('connect', () => {
        client.off('error', reject)
        client.off('close', onClose)
        resolve()
      })
    })
    return client
  } catch (error) {
    client.end(true)
    throw new NegativeResult(`${broker.shown}: ${failureText(error as Error)}`)
  }
}

/** What the system's words mean. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'no broker listens there',
  ENOTFOUND: 'nobody knows that name',
  EAI_AGAIN: 'no name server answers',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'no way leads there',
  ETIMEDOUT: 'nobody answers there',
}

/** Why a connection has failed, for people. */
export function failureText(error: Error & { readonly code?: string | number }): string {
  const text = (tlsReason(error) ?? (error.message || String(error.code ?? ''))) || 'no connection'
  const words = REASONS[error.code ?? '']
  return words === undefined ? text : `${text}: ${words}`
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

/** What sends commands to devices over a connection, together with the rest of its host. */
export function commandHost<Rest extends object>(client: MqttClient, rest: Rest) {
  const host = {
    get isConnected() {
      return client.connected
    },
    unix: () => Math.floor(Date.now() / 1000),
    // A device that does not get the command is told again.
    publish: (topic: string, message: Uint8Array) =>
      void client.publishAsync(topic, Buffer.from(message), { qos: 0 }).catch(() => {}),
  }
  return Object.assign(host, rest)
}
