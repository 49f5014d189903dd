import { deepEqual, equal, ok } from 'node:assert/strict'
import { PacketGuard } from '../modules/uplink/packet-guard.js'

const PUBLISH = 3

/** The guard passes only packets that do not harm the client, whole and unchanged. Pieces do not matter. */
export default function mqttPackets(bytes: Uint8Array): void {
  const whole = filter([bytes])
  const half = bytes.length >> 1
  deepEqual(filter([bytes.subarray(0, half), bytes.subarray(half)]), whole)
  if (whole === undefined) return
  let at = 0
  while (at < whole.length) at = check(whole, at)
  // A packet that the guard has dropped does not hide the next one.
  const rest = filter([whole])!
  equal(rest.length, whole.length)
}

/** The bytes that pass; undefined when the guard says that this is not MQTT. */
function filter(pieces: readonly Uint8Array[]): Uint8Array | undefined {
  const guard = new PacketGuard()
  const passed: Uint8Array[] = []
  for (const piece of pieces) {
    const output = new Uint8Array(piece.length + 134)
    const length = guard.filter(piece, output)
    if (length < 0) return undefined
    passed.push(output.slice(0, length))
  }
  return new Uint8Array(Buffer.concat(passed))
}

/** Finds the end of the packet; the last packet may be cut. */
function check(bytes: Uint8Array, start: number): number {
  let at = start + 1
  let remaining = 0
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]!
    remaining |= (byte & 0x7f) << shift
    if (byte < 0x80) break
  }
  ok(remaining <= 1024)
  if (bytes[start]! >> 4 === PUBLISH) {
    const length = (bytes[at]! << 8) | bytes[at + 1]!
    const topic = Buffer.from(bytes.subarray(at + 2, at + 2 + length)).toString('latin1')
    ok(/^[ -~]{1,127}$/.test(topic) && topic.length === length, topic)
    ok(remaining > 2 + length + (bytes[start]! & 6 ? 2 : 0), 'no payload')
  }
  return at + remaining
}
