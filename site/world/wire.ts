import type { MqttConnect, MqttConnection } from '../../modules/ports/mqtt.js'
import type { Way } from './protocol.js'

/** Tells of a packet that leaves the device or arrives at it. */
export type OnPacket = (way: Way, name: string, detail: string) => void

const CONTROLS = Object.freeze({
  pubrec: 'PUBREC',
  pubcomp: 'PUBCOMP',
  unsuback: 'UNSUBACK',
  pingresp: 'PINGRESP',
} as const)

/** Wraps `connect` and tells of each packet of MQTT at the device, and of connections that end. */
export function watchedWire(
  connect: MqttConnect,
  onPacket: OnPacket,
  onConnection: (isThere: boolean) => void,
): MqttConnect {
  return (options) => {
    const ended = (reason: string) => {
      onConnection(false)
      onPacket('down', 'gone', reason)
    }
    const connection = connect({
      ...options,
      onReached() {
        onPacket('up', 'CONNECT', `client ${options.id}`)
        options.onReached()
      },
      onConnected(isPresent) {
        onConnection(true)
        onPacket('down', 'CONNACK', isPresent ? 'session present' : 'session new')
        options.onConnected(isPresent)
      },
      onPublish(topic, payload) {
        onPacket('down', 'PUBLISH', topic)
        options.onPublish(topic, payload)
      },
      onControl(control, id) {
        onPacket('down', CONTROLS[control], control === 'pingresp' ? '' : `id ${id}`)
        options.onControl(control, id)
        // The client answers by itself.
        if (control === 'pubrec') onPacket('up', 'PUBREL', `id ${id}`)
      },
      onSubscribed(id, code) {
        onPacket('down', 'SUBACK', `id ${id}`)
        options.onSubscribed(id, code)
      },
      onClosed(reason, isFault) {
        ended(reason)
        options.onClosed(reason, isFault)
      },
    })
    const told = (isSent: boolean, name: string, detail: string): boolean => {
      if (isSent) onPacket('up', name, detail)
      return isSent
    }
    return {
      publish: (id, topic, payload, isDuplicate) =>
        told(connection.publish(id, topic, payload, isDuplicate), 'PUBLISH', `id ${id} ${topic}`),
      release: (id) => told(connection.release(id), 'PUBREL', `id ${id}`),
      subscribe: (id, topic, qos) => told(connection.subscribe(id, topic, qos), 'SUBSCRIBE', `id ${id} ${topic}`),
      unsubscribe: (id, topic) => told(connection.unsubscribe(id, topic), 'UNSUBSCRIBE', `id ${id} ${topic}`),
      ping: () => told(connection.ping(), 'PINGREQ', ''),
      close() {
        ended('closed by the device')
        connection.close()
      },
    } satisfies MqttConnection
  }
}
