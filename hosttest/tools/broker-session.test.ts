// node only
import { equal, ok } from 'node:assert/strict'
import { once } from 'node:events'
import { createConnection, createServer, type Socket } from 'node:net'
import { generate, parser } from 'mqtt-packet'
import type { Timer } from '../../modules/ports/clock.js'
import { brokerAccess } from '../../tools/broker-options.js'
import { BrokerSession, MOST_WAITING } from '../../tools/broker-session.js'
import { portOf } from '../../twin/bind.js'
import { VirtualClock } from '../../twin/clock.js'
import { until } from '../support/until.js'

/** What the broker has for the session, and sends again with each connection. */
const UNDER_WAY = 1_500
/** So many times a connection is lost; each would bring all of it again. */
const LOST = 8

describe('a session whose messages nobody can take care of', () => {
  it('does not collect what the broker sends again and again over lost connections, and has all of it later', async () => {
    let connections = 0
    let lost = 0
    const clock = new VirtualClock()
    let isAway = true
    const acknowledged = new Set<number>()
    const sockets = new Set<Socket>()
    const messages = Array.from({ length: UNDER_WAY }, (_, i) =>
      generate({ cmd: 'publish', topic: '/a', messageId: i + 1, qos: 1, payload: 'x', dup: false, retain: false }),
    )
    const server = createServer((socket) => {
      connections++
      sockets.add(socket.on('error', () => {}))
      const packets = parser({ protocolVersion: 4 }).on('packet', (packet) => {
        if (packet.cmd === 'connect') socket.write(generate({ cmd: 'connack', returnCode: 0, sessionPresent: true }))
        if (packet.cmd === 'pingreq') socket.write(generate({ cmd: 'pingresp' }))
        if (packet.cmd === 'puback') acknowledged.add(packet.messageId!)
        if (packet.cmd !== 'subscribe') return
        socket.write(generate({ cmd: 'suback', messageId: packet.messageId!, granted: [1] }))
        const left = messages.filter((_, i) => !acknowledged.has(i + 1))
        socket.write(Buffer.concat(left), () => isAway && socket.end())
      })
      socket.on('data', (bytes) => packets.parse(bytes))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const waiting: (() => void)[] = []
    let taken = 0
    const session = new BrokerSession(
      {
        broker: brokerAccess({ broker: `mqtt://127.0.0.1:${portOf(server)}` }),
        clientId: 'x',
        filters: ['/a'],
        qos: 1,
        clock,
      },
      {
        say: () => lost++,
        onMessage({ acknowledge }) {
          taken++
          if (isAway) waiting.push(acknowledge)
          else acknowledge()
        },
      },
    )
    /** A second passes; whoever calls in it is let in. */
    const pass = async () => {
      await clock.run(1_000)
      const other = createConnection(portOf(server), '127.0.0.1')
      other.write(generate({ cmd: 'pingreq' }))
      await once(other, 'data')
      connections--
      other.destroy()
    }
    try {
      await session.start()
      for (let i = 0; i < LOST; i++) {
        await until(() => lost === connections || taken >= MOST_WAITING, 'the end of the connection')
        for (const socket of sockets) socket.resetAndDestroy()
        // It sees that only when it writes, once it reads no more.
        while (lost < connections) await pass()
        for (let seconds = 0; seconds < 30 && lost === connections; seconds++) await pass()
      }
      ok(taken < MOST_WAITING + UNDER_WAY, `${taken} messages for ${UNDER_WAY}`)
      isAway = false
      for (const acknowledge of waiting) acknowledge()
      while (acknowledged.size < UNDER_WAY) await pass()
    } finally {
      session.close()
      for (const socket of sockets) socket.destroy()
      server.close()
    }
  })
})

/** Knows for how long the last timer was set. */
class NotedClock extends VirtualClock {
  last = 0

  override set(callback: () => void, ms: number): Timer {
    this.last = ms
    return super.set(callback, ms)
  }
}

describe('a session that another client takes each time', () => {
  it('is called again ever more seldom, at last twice a minute', async () => {
    const server = createServer((socket) => {
      const packets = parser({ protocolVersion: 4 }).on('packet', (packet) => {
        if (packet.cmd === 'connect') socket.write(generate({ cmd: 'connack', returnCode: 0, sessionPresent: true }))
        if (packet.cmd === 'subscribe')
          socket.end(generate({ cmd: 'suback', messageId: packet.messageId!, granted: [1] }))
      })
      socket.on('error', () => {}).on('data', (bytes) => packets.parse(bytes))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const clock = new NotedClock()
    let lost = 0
    const session = new BrokerSession(
      {
        broker: brokerAccess({ broker: `mqtt://127.0.0.1:${portOf(server)}` }),
        clientId: 'x',
        filters: ['/a'],
        qos: 1,
        clock,
      },
      { say: () => lost++, onMessage() {} },
    )
    try {
      await session.start()
      for (const [i, most] of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000].entries()) {
        await until(() => lost > i, 'the end of the connection')
        equal(lost, i + 1)
        ok(clock.last >= most / 2 && clock.last <= most, `${clock.last} ms instead of ${most / 2} to ${most}`)
        await clock.run(clock.last)
      }
    } finally {
      session.close()
      server.close()
    }
  })
})
