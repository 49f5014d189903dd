import type { MqttConnect } from '../modules/ports/mqtt.js'

/** A message that the broker has taken over, as it went over the wire. */
export interface DeliveredMessage {
  readonly topic: string
  readonly payload: Uint8Array
}

/** Wraps `connect` and reports each message once the broker has completed its delivery. */
export function watchDelivery(connect: MqttConnect, onDelivered: (message: DeliveredMessage) => void): MqttConnect {
  const pending = new Map<number, DeliveredMessage>()
  return (options) => {
    const connection = connect({
      ...options,
      onControl(control, id) {
        const message = control === 'pubcomp' ? pending.get(id) : undefined
        pending.delete(control === 'pubcomp' ? id : -1)
        if (message !== undefined) onDelivered(message)
        options.onControl(control, id)
      },
    })
    return {
      publish(id, topic, payload, duplicate) {
        pending.set(id, { topic, payload })
        return connection.publish(id, topic, payload, duplicate)
      },
      release: (id) => connection.release(id),
      subscribe: (id, topic, qos) => connection.subscribe(id, topic, qos),
      unsubscribe: (id, topic) => connection.unsubscribe(id, topic),
      ping: () => connection.ping(),
      close: () => connection.close(),
    }
  }
}
