import { MAX_TOPIC_LENGTH } from '../mqttcrypto/envelope.js'

/*
 * Every topic of the device (docs/protocol/topics.md):
 *
 *   /<kind>/v2/<serial>/<time>           from the device: a sample, an announcement, the reply to a command
 *   /offline/v1/<serial>                 the last will, which the broker publishes
 *   /config/v2/<serial>/<time>/<name>    a command to the device
 */

/** Bytes of the longest topic that the device makes or takes. */
export { MAX_TOPIC_LENGTH }

export const Kind = Object.freeze({ Sample: 'sample', MeterInfo: 'meter_info', Offline: 'offline' } as const)

/** Stands for any level in a filter. */
const ANY = '+'

export interface MessageTopic {
  readonly kind: string
  readonly serial: string
  /** Unix seconds; undefined in the will, which has no time. */
  readonly time: number | undefined
}

export interface CommandTopic {
  /** Unix seconds that the sender gave; 0 when it gave none. */
  readonly time: number
  readonly name: string
}

/** The client id of a device, under which the broker keeps its session. */
export function clientId(serial: string): string {
  return serial
}

/** Topic of a message up to its time. */
export function messagePrefix(kind: string, serial: string): string {
  return `/${kind}/v2/${serial}/`
}

/** @param time unix seconds */
export function messageTopic(kind: string, serial: string, time: number): string {
  return messagePrefix(kind, serial) + time
}

/** Filter for messages of a kind from a device; of any kind and of all devices without them. */
export function messageFilter(kind = ANY, serial = ANY): string {
  return `${messagePrefix(kind, serial)}#`
}

/** Topic of the last will; a filter for every device's without a serial number. */
export function offlineTopic(serial = ANY): string {
  return `/${Kind.Offline}/v1/${serial}`
}

/** Parts of a topic that a device publishes under. */
export function parseMessageTopic(topic: string): MessageTopic {
  const [, kind = '', version, serial = '', time] = topic.split('/')
  return { kind, serial, time: version === 'v1' ? undefined : Number(time) }
}

/** Filter for the commands to a device. */
export function commandFilter(serial: string): string {
  return `/config/v2/${serial}/#`
}

/** @param time unix seconds */
export function commandTopic(serial: string, time: number, name: string): string {
  return `/config/v2/${serial}/${time}/${name}`
}

/** Command and time of a command's topic; undefined when a level is missing. */
export function parseCommandTopic(topic: string): CommandTopic | undefined {
  const levels = topic.split('/').filter((level) => level !== '')
  if (levels.length < 5) return undefined
  const time = Number(levels[3])
  return { time: Number.isSafeInteger(time) && time >= 0 ? time : 0, name: levels[levels.length - 1]! }
}
