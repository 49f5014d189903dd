import type { MqttConnect } from '../modules/ports/mqtt.js'
import type { PacedClock } from './paced-clock.js'

/** Wraps `connect`: while the broker owes an answer, the clock runs no faster than the computer's, and so do its deadlines. */
export function patientConnect(connect: MqttConnect, clock: PacedClock): MqttConnect {
  return (options) => {
    const owed = new Map<string, () => void>()
    let isOpen = true
    const owe = (what: string, isSent = true) => {
      if (isSent && isOpen && !owed.has(what)) owed.set(what, clock.hold())
      return isSent
    }
    const settle = (what: string) => {
      owed.get(what)?.()
      owed.delete(what)
    }
    const end = () => {
      isOpen = false
      for (const what of [...owed.keys()]) settle(what)
    }
    owe('connack')
    const connection = connect({
      ...options,
      onConnected(sessionPresent) {
        settle('connack')
        options.onConnected(sessionPresent)
      },
      onControl(control, id) {
        if (control !== 'pubrec') settle(`${control} ${id}`)
        options.onControl(control, id)
      },
      onSubscribed(id, code) {
        settle(`suback ${id}`)
        options.onSubscribed(id, code)
      },
      onClosed(reason, isFault) {
        end()
        options.onClosed(reason, isFault)
      },
    })
    return {
      publish: (id, topic, payload, duplicate) =>
        owe(`pubcomp ${id}`, connection.publish(id, topic, payload, duplicate)),
      release: (id) => owe(`pubcomp ${id}`, connection.release(id)),
      subscribe: (id, topic, qos) => owe(`suback ${id}`, connection.subscribe(id, topic, qos)),
      unsubscribe: (id, topic) => owe(`unsuback ${id}`, connection.unsubscribe(id, topic)),
      ping: () => owe('pingresp 0', connection.ping()),
      close() {
        end()
        connection.close()
      },
    }
  }
}
