import { fromHex } from '../../modules/codec/hex.js'
import { Envelope } from '../../modules/mqttcrypto/envelope.js'
import { nodeCrypto } from '../../twin/crypto.js'

/** Minutes of many devices, one sample a minute, in the order of time. */
export interface Minutes {
  readonly devices: number
  readonly minutes: number
  /** Unix seconds of the first minute. */
  readonly start: number
}

export interface SealedSample {
  readonly topic: string
  readonly payload: Buffer
}

export function serialOf(device: number): string {
  return String(7_000_000 + device)
}

/** Unix seconds of a sample: each device has a second of the minute of its own. */
export function timeOf({ start }: Minutes, device: number, minute: number): number {
  return start + 60 * minute + (device % 60)
}

/** What the meter has counted at a sample, in Wh. No two samples of a device have the same. */
export function energyOf(device: number, minute: number): number {
  return 56_000_000 + 100_000 * device + 25 * minute
}

/** Seals samples from one number to before another, counted device by device within each minute. */
export function sealed(minutes: Minutes, key: string, first: number, end: number): readonly SealedSample[] {
  const envelope = new Envelope(nodeCrypto, fromHex(key)!)
  return Array.from({ length: end - first }, (_, i) => {
    const device = (first + i) % minutes.devices
    const minute = Math.floor((first + i) / minutes.devices)
    const topic = `/sample/v2/${serialOf(device)}/${timeOf(minutes, device, minute)}`
    return { topic, payload: Buffer.from(envelope.seal(topic, textOf(device, minute))) }
  })
}

/** A sample as a MULTICAL 601 has it. */
function textOf(device: number, minute: number): string {
  const energy = energyOf(device, minute)
  const kwh = `${Math.floor(energy / 1000)}.${String(energy % 1000).padStart(3, '0')}`
  return `heap=${21_000 + (device % 500)}&t1=${68 + (minute % 9)}.${10 + (device % 80)} C&t2=43.08 C&tdif=25.38 K&flow1=${minute % 1000} l/h&effect1=0.${device % 10} kW&hr=${59_127 + Math.floor(minute / 60)} h&v1=${1436 + Math.floor(minute / 100)}.${10 + (minute % 80)} m3&e1=${kwh} kWh&`
}
