import { deepEqual, equal, ok } from 'node:assert/strict'
import { MOST_HELD_BACK, PacketGuard } from '../modules/uplink/packet-guard.js'

const PUBLISH = 3
/** Lengths of what may pass beside PUBLISH, by type: CONNACK, PUBCOMP, SUBACK, PINGRESP. */
const LENGTHS: Readonly<Record<number, number>> = { 2: 2, 7: 2, 9: 3, 13: 0 }
/** Packet id of everything that the broker owes. */
const ID = 0x3030
const CONNACK = Uint8Array.of(0x20, 2, 0, 0)

/** The guard passes only packets that can be right, whole and unchanged, each answer once. Pieces do not matter. */
export default function mqttPackets(bytes: Uint8Array): void {
  const half = bytes.length >> 1
  // Half of the inputs follow the CONNACK without which nothing else may come.
  const before = bytes.length % 2 === 0 ? [CONNACK] : []
  const whole = filter([...before, bytes])
  deepEqual(filter([...before, bytes.subarray(0, half), bytes.subarray(half)]), whole)
  if (whole === undefined) return
  const passed = new Map<number, number>()
  for (let at = 0; at < whole.length; ) at = check(whole, at, passed)
  for (const [type, count] of passed) ok(type === PUBLISH || count === 1, `${count} packets of type ${type}`)
  // A packet that the guard has dropped does not hide the next one.
  equal(filter([whole])!.length, whole.length)
}

/** The bytes that pass; undefined when the guard says that the connection has to end. */
function filter(pieces: readonly Uint8Array[]): Uint8Array | undefined {
  const guard = new PacketGuard()
  // Not PUBREC, after which PUBCOMP is owed from the next piece on: pieces would matter.
  for (const answer of ['pubcomp', 'suback'] as const) guard.expect(answer, ID)
  guard.expect('pingresp')
  const passed: Uint8Array[] = []
  for (const piece of pieces)
    for (let rest = piece; rest.length > 0; rest = rest.subarray(guard.used)) {
      const output = new Uint8Array(rest.length + MOST_HELD_BACK)
      const length = guard.filter(rest, output)
      if (length < 0) {
        ok(guard.fault)
        return undefined
      }
      passed.push(output.slice(0, length))
    }
  return new Uint8Array(Buffer.concat(passed))
}

/** Finds the end of the packet; the last packet may be cut if it is a PUBLISH. */
function check(bytes: Uint8Array, start: number, passed: Map<number, number>): number {
  let at = start + 1
  let remaining = 0
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]!
    remaining |= (byte & 0x7f) << shift
    if (byte < 0x80) break
  }
  const type = bytes[start]! >> 4
  passed.set(type, (passed.get(type) ?? 0) + 1)
  if (type !== PUBLISH) {
    equal(remaining, LENGTHS[type])
    return at + remaining
  }
  ok(remaining <= 1024)
  equal(bytes[start]! & 6, 0, 'QoS')
  const length = (bytes[at]! << 8) | bytes[at + 1]!
  const topic = Buffer.from(bytes.subarray(at + 2, at + 2 + length)).toString('latin1')
  ok(/^[ -~]{1,127}$/.test(topic) && topic.length === length, topic)
  ok(remaining > 2 + length, 'no payload')
  return at + remaining
}
