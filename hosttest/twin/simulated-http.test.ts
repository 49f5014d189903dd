import { deepEqual, equal, ok } from 'node:assert/strict'
import { decodeUtf8, encodeUtf8 } from '../../modules/codec/utf8.js'
import { VirtualClock } from '../../twin/clock.js'
import { SimulatedHttp } from '../../twin/simulated-http.js'
import { LIES, PASSING_FAULTS } from '../support/hostile-http.js'

const FILE = Uint8Array.from({ length: 10_000 }, (_, i) => (i * 40503) >> 5)

/** A client that asks for the range as soon as it can. */
function client(server: SimulatedHttp, range = '4096-8191') {
  const received: number[] = []
  const closed: string[] = []
  const connection = server.connect('host', 80, {
    onWritable: () =>
      void connection.write(encodeUtf8(`GET /file HTTP/1.1\r\nHost: host\r\nRange: bytes=${range}\r\n\r\n`)),
    onData: (bytes) => void received.push(...bytes),
    onClosed: (reason) => void closed.push(reason),
  })
  return { received, closed, connection }
}

function network() {
  const clock = new VirtualClock()
  const server = new SimulatedHttp(clock)
  server.files.set('/file', FILE)
  return { clock, server }
}

describe('the simulated web server', () => {
  it('sends the part that was asked for, and answers the next request too', async () => {
    const { clock, server } = network()
    const { received, closed, connection } = client(server)
    await clock.run(1_000)
    const text = decodeUtf8(Uint8Array.from(received.slice(0, 200)))
    ok(text.startsWith('HTTP/1.1 206 Partial Content\r\n'), text)
    ok(text.includes('Content-Range: bytes 4096-8191/10000\r\n'))
    deepEqual(received.slice(-4096), [...FILE.slice(4096, 8192)])
    connection.write(encodeUtf8('GET /file HTTP/1.1\r\nHost: host\r\nRange: bytes=9999-20000\r\n\r\n'))
    await clock.run(1_000)
    equal(received.at(-1), FILE[9999])
    deepEqual(closed, [])
    connection.close()
    equal(server.open, 0)
  })

  it('breaks the connection at the byte that a test says', async () => {
    const { clock, server } = network()
    server.breakAt = 2_000
    const { received, closed } = client(server)
    await clock.run(1_000)
    equal(received.length, 2_000)
    deepEqual(closed, ['connection reset'])
    equal(server.open, 0)
  })

  it('refuses, and swallows everything', async () => {
    const { clock, server } = network()
    server.reachable = false
    const refused = client(server)
    await clock.run(1_000)
    deepEqual(refused.closed, ['refused'])
    server.passing = false
    const swallowed = client(server)
    await clock.run(1_000)
    deepEqual([swallowed.closed.length, swallowed.received.length], [0, 0])
    swallowed.connection.close()
  })

  it('is never a good server in the ways in which it can be a bad one', async () => {
    const good = network()
    const honest = client(good.server)
    await good.clock.run(1_000)
    for (const [name, answer] of Object.entries({ ...PASSING_FAULTS, ...LIES })) {
      const { clock, server } = network()
      server.answer = answer
      const { received, connection } = client(server)
      await clock.run(60_000)
      ok(received.join() !== honest.received.join(), name)
      connection.close()
      await clock.run(60_000)
    }
  })
})
