import { failure, type Result, success } from '../codec/result.js'
import { MAX_TOPIC_LENGTH } from '../mqttcrypto/envelope.js'

/*
 * Every topic of the device (docs/protocol/topics.md):
 *
 *   /<kind>/v2/<serial>/<time>           from the device: a sample, an announcement, the reply to a command
 *   /offline/v1/<serial>                 the last will, which the broker publishes
 *   /config/v2/<serial>/<time>/<name>    a command to the device, or to one of its radio meters
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
  /** The number that the command is for, as it stands in the topic. */
  readonly serial: string
  /** Unix seconds that the sender gave. */
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

/**
 * The parts of a command's topic, `/config/v2/<serial>/<time>/<name>`. The error says which level is another. Written with
 * little garbage: a broker may send the same command again and again.
 */
export function parseCommandTopic(topic: string): Result<CommandTopic> {
  const levels = topic.split('/')
  const serial = levels[3]
  const digits = levels[4]
  const name = levels[5]
  if (levels.length !== 6 || levels[0] !== '' || levels[1] !== 'config' || !serial || !name)
    return failure('topic: expected /config/v2/<serial>/<time>/<command>')
  if (levels[2] !== 'v2') return failure(`version: expected v2, got ${levels[2]}`)
  const time = Number(digits)
  if (!Number.isSafeInteger(time) || time < 0 || String(time) !== digits)
    return failure(`time: expected decimal digits, got ${digits}`)
  return success({ serial, time, name })
}
