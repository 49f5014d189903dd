import { equal, ok } from 'node:assert/strict'
import { fromHex, toHex } from '../../modules/codec/hex.js'
import { MOST_HELD_BACK, PacketGuard } from '../../modules/uplink/packet-guard.js'

/** All that passes, or why the connection ends. */
function pass(guard: PacketGuard, hex: string): string {
  let passed = ''
  for (let rest = fromHex(hex)!; rest.length > 0; rest = rest.subarray(guard.used)) {
    const output = new Uint8Array(rest.length + MOST_HELD_BACK)
    const length = guard.filter(rest, output)
    if (length < 0) return guard.fault!
    passed += toHex(output, 0, length)
  }
  return passed
}

function byByte(guard: PacketGuard, hex: string): string {
  return (hex.match(/../g) ?? []).map((byte) => pass(guard, byte)).join('')
}

/** A guard that has seen CONNACK. */
function connected(): PacketGuard {
  const guard = new PacketGuard()
  pass(guard, CONNACK)
  return guard
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
const PUBCOMP = '70020001'
const SUBACK = '9003000200'
const PINGRESP = 'd000'
const COMMAND = publish('2f61', '0102')

describe('the packet guard', () => {
  it('passes what the session lives on, in one piece or byte by byte', () => {
    const all = CONNACK + PUBREC + COMMAND + SUBACK + PINGRESP + COMMAND
    for (const how of [pass, byByte]) {
      const guard = new PacketGuard()
      guard.expect('pubrec', 1)
      guard.expect('suback', 2)
      guard.expect('pingresp')
      equal(how(guard, all), all)
    }
  })

  it('reads whether the broker kept the session', () => {
    for (const [flag, present] of [
      ['00', false],
      ['01', true],
    ] as const) {
      const guard = new PacketGuard()
      pass(guard, `2002${flag}00`)
      equal(guard.sessionPresent, present)
    }
  })

  it('passes nothing that follows a refusal, which the client would stumble over', () => {
    const refusal = '20020005'
    const guard = new PacketGuard()
    equal(pass(guard, refusal + PINGRESP + COMMAND), refusal)
    equal(pass(guard, PINGRESP), '')
    equal(byByte(new PacketGuard(), refusal + PINGRESP), refusal)
  })

  it('passes an answer once, and only the one that is owed', () => {
    for (const [answer, packet, other] of [
      ['pubrec', PUBREC, '50020002'],
      ['pubcomp', PUBCOMP, '70020002'],
      ['suback', SUBACK, '9003000300'],
      ['pingresp', PINGRESP, ''],
    ] as const) {
      const guard = connected()
      equal(pass(guard, packet + other), '', answer)
      guard.expect(answer, answer === 'suback' ? 2 : 1)
      equal(pass(guard, other + packet + packet), packet, answer)
      equal(pass(guard, packet + COMMAND), COMMAND, answer)
    }
    equal(pass(connected(), '5002000070020000'), '')
  })

  it('passes PUBCOMP when PUBREL has had a turn to go out', () => {
    const guard = connected()
    guard.expect('pubrec', 1)
    equal(pass(guard, PUBREC + PUBCOMP), PUBREC)
    equal(pass(guard, PUBCOMP + PUBCOMP), PUBCOMP)
  })

  it('drops what the broker may owe to an earlier session, whose end would not rid us of it', () => {
    const guard = connected()
    for (const packet of ['62020007', '320800022f6100070102', '3c0800022f6100070102'])
      equal(pass(guard, packet + COMMAND), COMMAND, packet)
  })

  it('ends at what no broker sends, before a byte more is looked at', () => {
    for (const [bytes, fault] of [
      ['0000', 'type 0 while connected'],
      ['f0', 'type 15 while connected'],
      [CONNACK, 'CONNACK while connected'],
      ['40020001', 'PUBACK while connected'],
      ['900100', 'SUBACK of 1 bytes while connected'],
      ['9004', 'SUBACK of 4 bytes while connected'],
      ['5003', 'PUBREC of 3 bytes while connected'],
      ['520200', 'PUBREC while connected'],
      ['d001', 'PINGRESP of 1 bytes while connected'],
      ['36', 'PUBLISH while connected'],
      ['30ffffffff7f', 'PUBLISH with a length that is none while connected'],
    ] as const) {
      const guard = connected()
      equal(pass(guard, COMMAND + bytes), fault)
      equal(pass(guard, COMMAND), '', fault)
    }
    equal(pass(new PacketGuard(), COMMAND), 'PUBLISH while connecting')
    equal(pass(new PacketGuard(), '2003'), 'CONNACK of 3 bytes while connecting')
  })

  it('drops a PUBLISH without payload and passes what follows', () => {
    const guard = connected()
    equal(pass(guard, COMMAND + publish('2f61', '') + COMMAND), COMMAND + COMMAND)
    equal(pass(guard, `3000${COMMAND}`), COMMAND)
  })

  it('drops a topic that is empty, too long or not printable', () => {
    for (const topic of ['', '2f'.repeat(128), '2fff', '2f0a', '2f00'])
      equal(pass(connected(), publish(topic, '0102') + COMMAND), COMMAND, topic)
    for (const topic of ['2f'.repeat(127), '2f', '2f207e']) {
      const packet = publish(topic, '01')
      equal(pass(connected(), packet), packet, topic)
    }
  })

  it('drops what is larger than any command', () => {
    equal(pass(connected(), publish('2f61', '00'.repeat(2000)) + COMMAND), COMMAND)
    const kilobyte = publish('2f61', '00'.repeat(1020))
    equal(pass(connected(), kilobyte), kilobyte)
    equal(pass(connected(), publish('2f61', '00'.repeat(1021)) + COMMAND), COMMAND)
    const huge = connected()
    equal(pass(huge, '30ffffff7f00'), '')
    ok(!huge.fault)
  })

  it('stops behind each message that passes, so that a storm of them takes the memory of one; not behind others', () => {
    const others = publish('2f61', '') + publish('2f0a', '01') + PUBREC
    const storm = fromHex(others + COMMAND + others + COMMAND)!
    const guard = connected()
    const output = new Uint8Array(storm.length + MOST_HELD_BACK)
    for (const rest of [storm, storm.subarray(storm.length / 2)]) {
      equal(toHex(output, 0, guard.filter(rest, output)), COMMAND)
      equal(guard.used, storm.length / 2)
    }
  })

  it('takes a length of more bytes than it needs', () => {
    const fourBytesOfLength = '308680800000022f610102'
    equal(pass(connected(), fourBytesOfLength), fourBytesOfLength)
  })
})
