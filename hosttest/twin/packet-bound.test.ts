// node only
import { equal, ok, rejects } from 'node:assert/strict'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { MqttClient } from 'mqtt'
import { generate, parser } from 'mqtt-packet'
import { connectBroker } from '../../tools/broker-client.js'
import { brokerAccess } from '../../tools/broker-options.js'
import { portOf } from '../../twin/bind.js'
import { EmbeddedBroker } from '../../twin/broker.js'
import { bounded, LONGEST_PACKET } from '../../twin/packet-bound.js'

/** A PUBLISH that says it has 256 MB. */
const HUGE = Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f, 0, 1, 0x61)
const PIECE = Buffer.alloc(65_536)
/** What the buffers of two sockets hold, and more. */
const MOST_WRITTEN = 32_000_000
const CONNECT = generate({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, clientId: 'x' })
const CONNACK = Uint8Array.of(0x20, 2, 0, 0)

/** Writes without end, as fast as the other side takes it; how many bytes until that has hung up. */
async function flood(socket: Socket): Promise<number> {
  let written = 0
  socket.on('error', () => {})
  const more = () => {
    if (socket.destroyed || written > 2 * MOST_WRITTEN) return
    written += PIECE.length
    socket.write(PIECE, () => setImmediate(more))
  }
  socket.write(HUGE, more)
  socket.resume()
  await new Promise((resolve) => socket.once('close', resolve))
  return written
}

async function listen(onSocket: (socket: Socket) => void): Promise<Server> {
  const server = createServer(onSocket)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

describe('a packet of 256 MB', () => {
  for (const [moment, first] of [
    ['before CONNECT', new Uint8Array(0)],
    ['after CONNECT', CONNECT],
  ] as const)
    it(`${moment} makes the embedded broker hang up before it has come`, async () => {
      const broker = await EmbeddedBroker.listen(0)
      try {
        const socket = createConnection({ host: '127.0.0.1', port: broker.port })
        socket.write(first)
        const written = await flood(socket)
        ok(written < MOST_WRITTEN, `${written} bytes`)
      } finally {
        await broker.close()
      }
    })

  it('makes listen and send hang up before it has come', async () => {
    let peer: Socket | undefined
    const server = await listen((socket) => {
      peer = socket
      socket.write(CONNACK)
    })
    try {
      const client = await connectBroker(brokerAccess({ broker: `mqtt://127.0.0.1:${portOf(server)}` }))
      const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
      const written = await flood(peer!)
      await closed
      ok(written < MOST_WRITTEN, `${written} bytes`)
      client.end(true)
    } finally {
      server.close()
    }
  })

  it('in place of CONNACK is no broker', async () => {
    let flooded: Promise<number> | undefined
    const server = await listen((socket) => {
      flooded = flood(socket)
    })
    try {
      await rejects(connectBroker(brokerAccess({ broker: `mqtt://127.0.0.1:${portOf(server)}` })), /connection closed/)
      ok((await flooded!) < MOST_WRITTEN)
    } finally {
      server.close()
    }
  })
})

describe('a packet that is just short enough', () => {
  it('passes through the embedded broker to a tool, and so does what follows', async () => {
    const broker = await EmbeddedBroker.listen(0)
    try {
      const client = await connectBroker(brokerAccess({ broker: broker.url }))
      await client.subscribeAsync('/a')
      const heard: number[] = []
      const ended = new Promise<void>((resolve) => {
        client.on('message', (_topic, payload) => {
          heard.push(payload.length)
          if (payload.toString() === 'end') resolve()
        })
      })
      // Topic, its length and the packet id come to six bytes.
      for (const length of [LONGEST_PACKET - 6, 0, 200, LONGEST_PACKET - 6])
        await client.publishAsync('/a', Buffer.alloc(length, 0xff), { qos: 1 })
      await client.publishAsync('/a', 'end', { qos: 1 })
      await ended
      equal(heard.join(), [LONGEST_PACKET - 6, 0, 200, LONGEST_PACKET - 6, 3].join())
      await client.endAsync()
    } finally {
      await broker.close()
    }
  })
})

describe('a PUBLISH that is too long, where it is shortened', () => {
  /** What comes through when the bytes come in pieces of this size. */
  async function through(sent: Uint8Array, size: number): Promise<readonly string[]> {
    const wire = new Duplex({ read() {}, write: (_piece, _encoding, done) => done() })
    const connection = bounded(wire, true)
    const heard: string[] = []
    const packets = parser({ protocolVersion: 4 }).on('packet', (packet) => {
      heard.push(packet.cmd === 'publish' ? `${packet.topic} ${packet.messageId} ${packet.payload.length}` : packet.cmd)
    })
    connection.on('data', (bytes) => packets.parse(bytes))
    for (let at = 0; at < sent.length; at += size) wire.push(sent.subarray(at, at + size))
    wire.push(null)
    await new Promise((resolve) => connection.once('end', resolve))
    return heard
  }

  const publish = (topic: string, messageId: number, length: number, qos: 0 | 1 | 2 = 2) =>
    generate({ cmd: 'publish', topic, messageId, qos, payload: Buffer.alloc(length, 0xff), dup: false, retain: false })

  for (const size of [3, 1_000, 1_000_000])
    it(`has its topic and its number, and nothing beside it is lost, in pieces of ${size}`, async () => {
      const sent = Buffer.concat([
        generate({ cmd: 'pingresp' }),
        publish('/a', 1, 200),
        publish('/b', 2, LONGEST_PACKET),
        publish('/c', 3, 70_000, 0),
        publish('/d', 4, LONGEST_PACKET - 6, 1),
        publish('/e', 5, 300_000, 1),
        generate({ cmd: 'pingresp' }),
      ])
      equal(
        (await through(sent, size)).join(),
        `pingresp,/a 1 200,/b 2 0,/c undefined 0,/d 4 ${LONGEST_PACKET - 6},/e 5 0,pingresp`,
      )
    })

  it('is the only packet that may be so long', async () => {
    const wire = new Duplex({ read() {}, write: (_piece, _encoding, done) => done() })
    const connection = bounded(wire, true)
    const failed = new Promise<Error>((resolve) => connection.once('error', resolve))
    wire.push(Uint8Array.of(0x20, 0xff, 0xff, 0xff, 0x7f, 0))
    equal((await failed).message, `a packet of more than ${LONGEST_PACKET} bytes`)
  })
})

describe('a packet that a tool writes', () => {
  it('leaves in one piece, however many MQTT.js makes of it', async () => {
    const sent: Buffer[] = []
    const wire = new Duplex({
      read() {},
      write(piece: Buffer, _encoding, done) {
        sent.push(piece)
        done()
      },
    })
    const client = new MqttClient(() => bounded(wire), { protocolVersion: 4, reconnectPeriod: 0 })
    try {
      wire.push(CONNACK)
      await new Promise((resolve) => client.once('connect', resolve))
      sent.length = 0
      await client.publishAsync('meterlogger/7000001/state', '{}', { qos: 0 })
      await new Promise((resolve) => setImmediate(resolve))
      equal(sent.length, 1)
      ok(sent[0]!.includes('meterlogger/7000001/state{}'))
    } finally {
      client.end(true)
    }
  })
})
