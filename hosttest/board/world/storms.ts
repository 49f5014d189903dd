import '../../xs/shim/buffer.js'
import { fromHex } from '../../../modules/codec/hex.js'
import { commandTopic } from '../../../modules/delivery/topics.js'
import { Envelope } from '../../../modules/mqttcrypto/envelope.js'
import { nodeCrypto } from '../../../twin/crypto.js'
import { equal, ok } from '../../xs/shim/assert.js'
import type { Broker } from './broker.js'
import { TYPE } from './broker-connection.js'
import { isWell, KEY, sampled } from './journey.js'
import { concat, packet, text } from './mqtt-packets.js'
import { POWER_ON, testTwin } from './test-twin.js'

/** Two full segments. */
const BURST = 2_800
/** Fits between two samples, whose turns need more than anything that a broker can do. */
const SECONDS = 40
const COMMAND = '/config/v2/1234567/1800000000/ping'

/** As many times as fit into a burst. */
function many(bytes: Uint8Array): Uint8Array[] {
  return [concat(...Array.from({ length: Math.max(1, Math.floor(BURST / bytes.length)) }, () => bytes))]
}

const publish = (flags: number, size: number, topic = COMMAND) =>
  packet(TYPE.publish, flags, text(topic), flags & 6 ? [0, 7] : [], new Uint8Array(size).fill(0x55))

/** A command of the operator, as long as one may be, which the broker has kept. */
function recorded(unix: number): Uint8Array {
  const topic = commandTopic('1234567', unix, 'ping')
  return packet(TYPE.publish, 0, text(topic), new Envelope(nodeCrypto, fromHex(KEY)!).seal(topic, 'p'.repeat(446)))
}

/** What a hostile broker writes every second, each entry in a segment of its own. It may have a command that was done already. */
export const STORMS: Readonly<Record<string, (done: Uint8Array) => Uint8Array[]>> = {
  'PUBREL that nothing led to': () => many(Uint8Array.of(0x62, 2, 0, 1)),
  'PUBREC that nothing led to': () => many(Uint8Array.of(0x50, 2, 0, 1)),
  'PUBREC with each packet id': () => [
    concat(...Array.from({ length: 700 }, (_, i) => Uint8Array.of(0x50, 2, i >> 8, i & 255))),
  ],
  'a SUBACK of one byte': () => [concat([0x90, 1, 0], new Uint8Array(BURST))],
  'PUBLISH with QoS 1': () => many(publish(2, 8)),
  'PUBLISH with QoS 2': () => many(publish(4, 8)),
  'forged commands of 496 bytes': () => many(publish(0, 496)),
  'forged commands of 500 bytes': () => many(publish(0, 500)),
  'forged commands with the longest topic': () => many(publish(0, 496, COMMAND.padEnd(127, 'g'))),
  'forged commands of 64 bytes': () => many(publish(0, 64)),
  'a command that was done already': (done) => many(done),
  'PUBLISH with QoS 0, 1 byte': () => many(publish(0, 1, '/a')),
  CONNACK: () => many(Uint8Array.of(0x20, 2, 0, 0)),
  PINGRESP: () => many(Uint8Array.of(0xd0, 0)),
  'forged commands in segments of one byte': () => Array.from(publish(0, 128), (byte) => Uint8Array.of(byte)),
  'a packet of 256 MB': () => [concat([0x30, 0xff, 0xff, 0xff, 0x7f, 0, 2, 0x2f, 0x61], new Uint8Array(BURST))],
  'forged commands of 1 kB': () => many(publish(0, 980)),
  'a topic of 400 bytes': () => many(publish(0, 8, 'x'.repeat(400))),
  'a topic that is longer than its packet': () => many(Uint8Array.of(0x30, 5, 0xff, 0xff, 0x2f, 0x61, 0)),
  'a length without end': () => many(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0xff)),
  'reserved types': () => many(Uint8Array.of(0, 0, 0xf0, 0)),
}

const published = ({ received }: Broker) => received.filter((type) => type === TYPE.publish).length

/** The most bytes that were in use in one turn, its garbage included, since this was called last. */
function watchPeaks(): () => number {
  let peak = 0
  const { call, jobs } = globalThis
  const watched = (turn: () => string | undefined) => {
    collect()
    const reason = turn()
    peak = Math.max(peak, stat(1) + stat(3) * stat(4))
    return reason
  }
  globalThis.call = (...values) => watched(() => call(...values))
  globalThis.jobs = () => watched(jobs)
  return () => {
    const most = peak
    peak = 0
    return most
  }
}

/**
 * Prints what the board needs at the peak between two samples: when nothing happens, with a reconnection, after which the
 * board announces itself, and in each storm; and how many messages it has sent meanwhile. The sample that comes with a
 * connection once in two minutes has been before.
 */
export async function storms(): Promise<void> {
  const { clock, messages, online, board } = testTwin()
  const { broker } = board.outside
  await online()
  const peak = watchPeaks()
  const usual = ['idle', 'a reconnection'].map((name) => [name, undefined] as const)
  for (const [name, burst] of [...usual, ...Object.entries(STORMS)]) {
    // Enough for the slowest return, and for samples that have waited.
    await clock.run(180_000)
    const samples = sampled(board)
    broker.hangUp()
    await clock.run(120_000, () => sampled(board) > samples)
    const done = recorded(Math.floor((POWER_ON + clock.now()) / 1000))
    broker.sendBytes(done)
    await clock.run(5_000)
    const before = [broker.connections, published(broker)] as const
    peak()
    for (let second = 0; second < SECONDS; second++) {
      for (const bytes of burst?.(done) ?? []) broker.sendBytes(bytes)
      if (second === 0 && name === 'a reconnection') broker.hangUp()
      await clock.run(1_000)
    }
    const [connections, said] = [broker.connections - before[0], published(broker) - before[1]]
    print(JSON.stringify({ name, peak: peak(), connections, said }))
  }
  await clock.run(180_000)
  isWell(board)
  equal(board.hardware.boots, 1)
  const times = messages('sample').map(({ time }) => time)
  equal(new Set(times).size, times.length, 'samples that came twice')
  times.sort((a, b) => a - b)
  const gaps = times.slice(1).filter((time, i) => time - times[i]! > 75)
  equal(gaps.join(), '', 'minutes without a sample')
  ok(times.length > 4 * Object.keys(STORMS).length, `${times.length} samples`)
}
