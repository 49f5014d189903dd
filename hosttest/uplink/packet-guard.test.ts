import { equal, ok } from 'node:assert/strict'
import { fromHex, toHex } from '../../modules/codec/hex.js'
import { PacketGuard } from '../../modules/uplink/packet-guard.js'

function pass(guard: PacketGuard, hex: string): string {
  const input = fromHex(hex)!
  const output = new Uint8Array(input.length + 134)
  const length = guard.filter(input, output)
  return length < 0 ? 'not MQTT' : toHex(output, 0, length)
}

/** A PUBLISH of QoS 0 with these bytes as topic and payload. */
function publish(topic: string, payload: string): string {
  const topicBytes = topic.length / 2
  const length = 2 + topicBytes + payload.length / 2
  const size = length < 128 ? [length] : [0x80 | (length & 0x7f), length >> 7]
  return `30${toHex(Uint8Array.from(size))}${toHex(Uint8Array.of(topicBytes >> 8, topicBytes & 0xff))}${topic}${payload}`
}

const CONNACK = '20020000'
const PUBREC = '50020001'
const PINGRESP = 'd000'
const COMMAND = publish('2f61', '0102')

describe('the packet guard', () => {
  it('passes what the session lives on, in one piece or byte by byte', () => {
    const all = CONNACK + PUBREC + COMMAND + PINGRESP + COMMAND
    equal(pass(new PacketGuard(), all), all)
    const guard = new PacketGuard()
    equal((all.match(/../g) ?? []).map((byte) => pass(guard, byte)).join(''), all)
  })

  it('reads whether the broker kept the session', () => {
    const guard = new PacketGuard()
    ok(!guard.sessionPresent)
    pass(guard, '20020100')
    ok(guard.sessionPresent)
    pass(guard, CONNACK)
    ok(!guard.sessionPresent)
  })

  it('passes nothing that follows a refusal, which the client would stumble over', () => {
    const refusal = '20020005'
    const guard = new PacketGuard()
    equal(pass(guard, refusal + PINGRESP + COMMAND), refusal)
    equal(pass(guard, PINGRESP), '')
    const slow = new PacketGuard()
    equal(((refusal + PINGRESP).match(/../g) ?? []).map((byte) => pass(slow, byte)).join(''), refusal)
  })

  it('drops a PUBLISH without payload and passes what follows', () => {
    const guard = new PacketGuard()
    equal(pass(guard, COMMAND + publish('2f61', '') + COMMAND), COMMAND + COMMAND)
    equal(pass(guard, `320600022f610007${COMMAND}`), COMMAND)
    equal(pass(guard, `3000${COMMAND}`), COMMAND)
    equal(guard.dropped, 3)
  })

  it('drops a topic that is empty, too long or not printable', () => {
    for (const topic of ['', '2f'.repeat(128), '2fff', '2f0a', '2f00'])
      equal(pass(new PacketGuard(), publish(topic, '0102') + COMMAND), COMMAND, topic)
    for (const topic of ['2f'.repeat(127), '2f', '2f207e']) {
      const packet = publish(topic, '01')
      equal(pass(new PacketGuard(), packet), packet, topic)
    }
  })

  it('drops what is larger than any command', () => {
    equal(pass(new PacketGuard(), publish('2f61', '00'.repeat(2000)) + COMMAND), COMMAND)
    const kilobyte = publish('2f61', '00'.repeat(1020))
    equal(pass(new PacketGuard(), kilobyte), kilobyte)
    equal(pass(new PacketGuard(), publish('2f61', '00'.repeat(1021)) + COMMAND), COMMAND)
  })

  it('tells what cannot be MQTT', () => {
    equal(pass(new PacketGuard(), '30ffffffff7f'), 'not MQTT')
    const fourBytesOfLength = '308680800000022f610102'
    equal(pass(new PacketGuard(), fourBytesOfLength), fourBytesOfLength)
  })

  it('keeps a QoS 1 command with its packet id', () => {
    const command = '320800022f6100070102'
    equal(pass(new PacketGuard(), command), command)
  })
})
