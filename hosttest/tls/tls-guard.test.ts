// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { randomBytes, sign } from 'node:crypto'
import { FRAGMENT, TlsGuard } from '../../modules/tls/tls-guard.js'
import { seededRandom } from '../../twin/random.js'
import { nodeTlsVerifier } from '../../twin/tls-verifier.js'
import { certificate, der, type Made } from '../support/certificates.js'

const HOST = 'broker.example.org'
const ca = certificate({ kind: 'rsa' })
const ofEc = certificate({ issuer: ca, names: [HOST] })
const ofRsa = certificate({ issuer: ca, kind: 'rsa', names: [HOST] })

const TYPES = { changeCipherSpec: 20, alert: 21, handshake: 22, application: 23 }

function record(type: keyof typeof TYPES, content: Uint8Array, version = 0x0303): Buffer {
  const { length } = content
  return Buffer.concat([Buffer.of(TYPES[type], version >> 8, version & 255, length >> 8, length & 255), content])
}

function message(type: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.of(type, 0, body.length >> 8, body.length & 255), body])
}

function hello({ version = 0x0303, suite = 0xc02b, compression = 0, session = 32 } = {}): Buffer {
  const chosen = Buffer.of(suite >> 8, suite & 255, compression)
  return message(
    2,
    Buffer.of(version >> 8, version & 255),
    randomBytes(32),
    Buffer.of(session),
    randomBytes(session & 63),
    chosen,
  )
}

function chain(...made: readonly Made[]): Buffer {
  const entries = made.map((one) => Buffer.concat([Buffer.of(0, one.der.length >> 8, one.der.length & 255), one.der]))
  const { length } = Buffer.concat(entries)
  return message(11, Buffer.of(length >> 16, (length >> 8) & 255, length & 255), ...entries)
}

/** Its signature is over other bytes than those of the handshake: that only TLS can tell. */
function exchange(
  whose: Made,
  {
    curve = 23,
    kind = whose === ofRsa ? 1 : 3,
    hash = 4,
    signature = sign('sha256', randomBytes(32), whose.key) as Uint8Array,
  } = {},
): Buffer {
  const { length } = signature
  return message(
    12,
    Buffer.of(3, curve >> 8, curve & 255, 65, 4),
    randomBytes(64),
    Buffer.of(hash, kind, length >> 8, length & 255),
    signature,
  )
}

const done = message(14)
const changed = record('changeCipherSpec', Buffer.of(1))
const finished = record('handshake', randomBytes(40))
const data = record('application', randomBytes(60))

/** The server's side of a handshake. */
function flight(whose = ofEc): Uint8Array[] {
  return [hello({ suite: whose === ofEc ? 0xc02b : 0xc02f }), chain(whose, ca), exchange(whose), done]
}
const inRecords = (messages: readonly Uint8Array[]) => messages.map((one) => record('handshake', one))

/** Gives the guard these bytes, in pieces of so many. */
function feed(records: readonly Uint8Array[], piece = Number.POSITIVE_INFINITY) {
  const unix = Math.floor(Date.now() / 1000)
  const guard = new TlsGuard({ fingerprint: ca.fingerprint, host: HOST, unix, verifier: nodeTlsVerifier })
  const passed: Uint8Array[] = []
  const bytes = Buffer.concat(records)
  for (let at = 0; at < bytes.length && guard.fault === undefined; ) {
    const length = Math.min(guard.wanted, piece, bytes.length - at)
    const whole = guard.take(bytes.subarray(at, at + length))
    if (whole !== undefined) passed.push(whole)
    at += length
  }
  return { guard, passed, fault: guard.fault }
}

describe('the guard under TLS', () => {
  it('passes a handshake and data as they came, in pieces of any size', () => {
    for (const whose of [ofEc, ofRsa])
      for (const piece of [1, 2, 5, 7, 100, 5000]) {
        const records = [...inRecords(flight(whose)), changed, finished, data, data]
        const { guard, passed, fault } = feed(records, piece)
        equal(fault, undefined)
        ok(guard.isOpen)
        deepEqual(Buffer.concat(passed), Buffer.concat(records))
      }
  })

  it('passes messages that share a record', () => {
    const { guard, fault } = feed([record('handshake', Buffer.concat(flight())), changed, finished, data])
    equal(fault, undefined)
    ok(guard.isOpen)
  })

  it('lets nothing of a record pass before it is whole, and one record at a time', () => {
    const [first] = inRecords(flight())
    equal(feed([first!.subarray(0, -1)]).passed.length, 0)
    equal(feed([first!]).passed.length, 1)
  })

  it('ends the connection when a message is missing, comes twice or out of order', () => {
    const whole = [...inRecords(flight()), changed, finished]
    for (let i = 0; i < whole.length; i++) {
      const without = whole.filter((_, at) => at !== i)
      ok(!feed([...without, data]).guard.isOpen, `without ${i}`)
      const twice = [...whole.slice(0, i + 1), ...whole.slice(i)]
      ok(feed([...twice, data]).fault !== undefined, `${i} twice`)
      for (let j = i + 1; j < whole.length; j++) {
        const swapped = [...whole]
        swapped[i] = whole[j]!
        swapped[j] = whole[i]!
        ok(feed([...swapped, data]).fault !== undefined, `${i} and ${j} swapped`)
      }
    }
  })

  it('lets no alert and no data pass before the handshake is done, and no more of it after', () => {
    const whole = [...inRecords(flight()), changed, finished]
    for (let i = 0; i < whole.length; i++) {
      match(feed([...whole.slice(0, i), record('alert', Buffer.of(1, 0))]).fault!, /alert 0: it closed/)
      match(feed([...whole.slice(0, i), data]).fault!, /a record of type 23 at the wrong time/)
    }
    equal(feed([...whole, record('alert', randomBytes(26))]).passed.length, whole.length + 1)
    for (const late of [changed, finished, ...inRecords([message(0)])])
      match(feed([...whole, late]).fault!, /at the wrong time/)
  })

  it('says what an alert means', () => {
    for (const code of [0, 40, 42, 47, 70, 71, 80, 112])
      match(
        feed([record('alert', Buffer.of(2, code))]).fault!,
        new RegExp(`alert ${code}: it [a-z]|alert ${code}: an error`),
      )
    for (const [code, text] of [
      [40, 'the broker ends TLS, alert 40: it shares no cipher suite with this firmware'],
      [70, 'the broker ends TLS, alert 70: it speaks another version of TLS than 1.2'],
      [112, 'the broker ends TLS, alert 112: it does not know the name'],
      [99, 'the broker ends TLS, alert 99'],
    ] as const)
      equal(feed([record('alert', Buffer.of(2, code), 0x0301)]).fault, text)
    // An encrypted one has bytes that mean nothing here.
    for (const content of [Buffer.alloc(26, 40), Buffer.of(2), Buffer.of(2, 40, 0)])
      equal(feed([record('alert', content)]).fault, 'the broker ends TLS, alert -1')
  })

  it('passes nothing any more once something was wrong', () => {
    const rest = [...inRecords(flight()), changed, finished, data]
    const { guard } = feed([record('alert', Buffer.of(1, 0))])
    for (const whole of rest)
      for (const part of [whole.subarray(0, 5), whole.subarray(5)])
        equal(guard.take(part.subarray(0, guard.wanted)), undefined)
    match(guard.fault!, /it closed the connection/)
    ok(!guard.isOpen)
  })

  it('takes for the change to encryption only the record that says so', () => {
    const before = inRecords(flight())
    for (const [type, ...content] of [
      ['handshake', 1],
      ['application', 1],
      ['alert', 1],
      ['changeCipherSpec', 0],
      ['changeCipherSpec', 2],
      ['changeCipherSpec', 1, 1],
      ['changeCipherSpec', 1, 0],
    ] as const) {
      const { guard, passed, fault } = feed([...before, record(type, Buffer.from(content)), finished])
      match(fault!, /at the wrong time|ends TLS/, `${type} ${content}`)
      equal(passed.length, before.length)
      ok(!guard.isOpen)
    }
  })

  it('refuses a ServerHello that is cut anywhere, and a ServerHelloDone that says something', () => {
    for (const session of [0, 32]) {
      const body = hello({ session }).subarray(4)
      for (let end = 2; end < body.length; end++)
        equal(feed(inRecords([message(2, body.subarray(0, end))])).fault, 'ServerHello is malformed', String(end))
      equal(feed(inRecords([message(2, body)])).fault, undefined)
    }
    match(feed(inRecords([message(2)])).fault!, /another version of TLS/)
    const said = feed(inRecords([...flight().slice(0, 3), message(14, Buffer.of(0))]))
    equal(said.fault, 'ServerHelloDone is not empty')
    match(feed(inRecords([message(0)])).fault!, /^handshake message 0 at the wrong time$/)
  })

  it('takes no other version, suite or compression', () => {
    for (const [first, reason] of [
      [record('handshake', hello(), 0x0301), /another version of TLS/],
      [record('handshake', hello({ version: 0x0302 })), /another version of TLS/],
      [record('handshake', hello({ version: 0x0304 })), /another version of TLS/],
      // AES-CBC with RSA, with ECDHE, and a suite of TLS 1.3
      [record('handshake', hello({ suite: 0x002f })), /cipher suite that was not offered/],
      [record('handshake', hello({ suite: 0xc027 })), /cipher suite that was not offered/],
      [record('handshake', hello({ suite: 0x1301 })), /cipher suite that was not offered/],
      [record('handshake', hello({ compression: 1 })), /compression/],
      [record('handshake', hello({ session: 33 })), /ServerHello is malformed/],
      [Buffer.from('220 mail.example.org ESMTP\r\n'), /does not speak TLS/],
      [Buffer.of(0x20, 2, 0, 0, 0), /does not speak TLS/],
      [Buffer.of(21, 2, 0, 0, 2), /does not speak TLS/],
      [Buffer.of(22, 4, 3, 0, 2), /does not speak TLS/],
      [Buffer.of(19, 3, 3, 0, 1, 0), /a record of type 19 at the wrong time/],
      [Buffer.of(24, 3, 3, 0, 1, 0), /a record of type 24 at the wrong time/],
    ] as const)
      match(feed([first]).fault!, reason)
  })

  it('takes a key exchange only on P-256, and signed with SHA-256 by the kind of key in the certificate', () => {
    const wrong = (body: Uint8Array, whose = ofEc) => feed(inRecords([...flight(whose).slice(0, 2), body])).fault!
    match(wrong(exchange(ofEc, { curve: 29 })), /not on P-256/)
    // A curve that the broker describes itself, a shorter point, half a point, and a point as both.
    for (const [at, byte] of [
      [0, 1],
      [0, 2],
      [3, 64],
      [3, 33],
      [4, 2],
      [4, 6],
    ] as const) {
      const changedAt = exchange(ofEc)
      changedAt[4 + at] = byte
      match(wrong(changedAt), /not on P-256/, `byte ${at}`)
    }
    for (const whose of [ofEc, ofRsa]) {
      const body = exchange(whose).subarray(4)
      for (const end of [0, 1, 3, 4, 5, 69, 70, 71, 72, 73, 74, body.length - 1]) {
        const fault = wrong(message(12, body.subarray(0, end)), whose)
        match(fault, /not on P-256|not signed as|signature of the key exchange is malformed/, String(end))
      }
      // The length of its signature is a lie.
      for (const change of [-1, 1]) {
        const lying = Buffer.from(body)
        lying[72]! += change
        match(wrong(message(12, lying), whose), /signature of the key exchange is malformed/)
      }
    }
    // The SDK takes `none` and `anonymous` for a signature that is right.
    for (const changes of [{ kind: 0 }, { hash: 0 }, { kind: 1 }, { kind: 2 }, { hash: 2 }])
      match(wrong(exchange(ofEc, changes)), /not signed as the certificate says/)
    match(wrong(exchange(ofRsa, { kind: 3 }), ofRsa), /not signed as the certificate says/)
    const one = der(2, 1)
    for (const signature of [
      der(0x30, one, der(2, 0)),
      der(0x30, der(2, 0), one),
      der(0x30, one, der(2, 0, Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex'))),
      der(0x30, one, der(2, 0x81)),
      der(0x30, one, one, one),
      der(0x30, one),
      Buffer.concat([der(0x30, one, one), Buffer.of(0)]),
      Buffer.alloc(0),
    ])
      match(wrong(exchange(ofEc, { signature })), /signature of the key exchange is malformed/)
    match(wrong(exchange(ofRsa, { signature: Buffer.alloc(255) }), ofRsa), /signature of the key exchange is malformed/)
  })

  it('ends the connection over a chain that is not trusted, and passes nothing of it', () => {
    const stranger = certificate({ names: [HOST] })
    const { fault, passed } = feed(inRecords([hello(), chain(stranger, ca)]))
    match(fault!, /not signed by the one above/)
    equal(passed.length, 1)
    match(feed(inRecords([hello(), chain()])).fault!, /none of the certificates/)
    // What stands behind the pinned one is not looked at, and there may be eight.
    const more = Array.from({ length: 6 }, () => stranger)
    equal(feed(inRecords([hello(), chain(ofEc, ca, ...more)])).fault, undefined)
    match(feed(inRecords([hello(), chain(ofEc, ca, ...more, stranger)])).fault!, /chain of certificates is malformed/)
    match(feed(inRecords([hello(), message(11, Buffer.of(0, 0, 9))])).fault!, /chain of certificates is malformed/)
    match(
      feed(inRecords([hello(), message(11, Buffer.of(0, 0, 3, 0, 1, 0))])).fault!,
      /chain of certificates is malformed/,
    )
  })

  it('takes no record beyond 4 kB, none that is empty, and no message over two records', () => {
    const most = FRAGMENT + 24
    const open = [...inRecords(flight()), changed, finished]
    equal(feed([...open, record('application', Buffer.alloc(most))]).fault, undefined)
    match(
      feed([...open, record('application', Buffer.alloc(most + 1))]).fault!,
      /a record of 4121 bytes, of 4120 at most/,
    )
    match(feed([...open, record('application', Buffer.alloc(0))]).fault!, /a record of 0 bytes/)
    const halves = [chain(ofEc, ca).subarray(0, 100), chain(ofEc, ca).subarray(100)]
    match(feed(inRecords([hello(), ...halves])).fault!, /longer than its record/)
    match(feed(inRecords([hello(), Buffer.of(11)])).fault!, /longer than its record/)
  })

  it('says when the broker wants a certificate of the device', () => {
    const asks = message(13, Buffer.of(1, 64, 0, 2, 4, 3, 0, 0))
    const messages = flight()
    match(
      feed(inRecords([...messages.slice(0, 3), asks, ...messages.slice(3)])).fault!,
      /asks for a certificate of the device/,
    )
  })

  it('passes no certificate in which a byte was changed, and breaks over nothing', () => {
    const random = seededRandom(3)
    const records = inRecords(flight(ofRsa))
    for (let i = 0; i < 2_000; i++) {
      const bytes = Buffer.concat(records)
      for (let flips = 1 + Math.floor(random() * 3); flips > 0; flips--)
        bytes[Math.floor(random() * bytes.length)]! ^= 1 + Math.floor(random() * 255)
      const { guard, passed } = feed([bytes, changed, finished], 1 + Math.floor(random() * 500))
      // Of the hello and the key exchange some bytes are any; of the certificates none.
      if (passed.length > 1) deepEqual(Buffer.from(passed[1]!), records[1])
      ok(!guard.isOpen || passed.length === records.length + 2)
    }
  })
})
