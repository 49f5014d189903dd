import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { encodeUtf8 } from '../../modules/codec/utf8.js'
import { HttpServer } from '../../modules/portal/http-server.js'
import { Turns } from '../support/clock.js'
import { FakeNetwork, get, PHONE, post } from '../support/portal.js'

const LONG = 'Målerstand 🔥 '.repeat(500)

function serve(isPrompt = true) {
  const clock = new Turns()
  const network = new FakeNetwork(isPrompt ? () => clock.settle() : undefined)
  const asked: string[] = []
  const server = new HttpServer({
    clock,
    listener: network,
    port: 80,
    accepts: (address) => address === PHONE,
    respond: ({ path }) => {
      asked.push(path)
      if (path === '/later') return () => ({ status: 200, body: [`${asked.push('done')}\n`] })
      return { status: 200, body: path === '/long' ? [LONG.slice(0, 9), LONG.slice(9)] : ['hello\n'] }
    },
  })
  return { clock, network, asked, server }
}

describe('the HTTP server', () => {
  it('answers and hangs up', () => {
    const { network } = serve()
    const peer = network.connect()
    peer.send(get('/'))
    match(peer.received, /^HTTP\/1\.1 200 OK\r\nConnection: close\r\n/)
    ok(peer.received.endsWith('\r\n\r\nhello\n'))
    ok(peer.isClosed)
  })

  it('answers HEAD with the header alone', () => {
    match(serve().network.ask('HEAD / HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 200 OK\r\n[\s\S]*[^\n]\r\n\r\n$/)
  })

  it('sends a long page whole however little the socket takes, never much of it at once', () => {
    for (const room of [1, 7, 1000, 100_000]) {
      const { network } = serve()
      const peer = network.connect()
      peer.room = 0
      peer.send(get('/long'))
      for (let i = 0; i < 20_000 && !peer.isClosed; i++) peer.drain(room)
      equal(peer.received.split('\r\n\r\n')[1], LONG)
      ok(peer.largestWrite <= 4 * 1024, `${peer.largestWrite} bytes`)
    }
  })

  it('lets everything else have its turn after each piece', () => {
    const { network, clock, asked } = serve(false)
    const peer = network.connect()
    peer.send(get('/long'))
    deepEqual(asked, [])
    let bytes = 0
    for (let turns = 0; !peer.isClosed; turns++) {
      ok(clock.turn() && turns < 100)
      const length = peer.receivedBytes
      ok(length - bytes <= 512, `${length - bytes} bytes in one turn`)
      bytes = length
    }
    ok(bytes > encodeUtf8(LONG).length)
  })

  it('does in a turn of its own what is for later, and not for a peer that has gone', () => {
    const { network, clock, asked } = serve(false)
    const peer = network.connect()
    peer.send(get('/later'))
    clock.turn()
    deepEqual(asked, ['/later'])
    clock.turn()
    deepEqual(asked, ['/later', 'done'])
    clock.settle()
    ok(peer.received.endsWith('\r\n\r\n2\n'))
    const other = network.connect()
    other.send(get('/later'))
    clock.turn()
    other.hangUp()
    clock.settle()
    deepEqual(asked.slice(2), ['/later'])
  })

  it('passes over what comes after the request, before the answer or with it', () => {
    const { network, clock } = serve(false)
    const peer = network.connect()
    peer.send(get('/long'))
    for (let turns = 0; !peer.isClosed; turns++) {
      peer.send('GET /other HTTP/1.1\r\n\r\n')
      ok(clock.turn() && turns < 100)
    }
    ok(peer.received.endsWith(LONG))
  })

  it('refuses what is no request by its status', () => {
    const { network, asked } = serve()
    match(network.ask('\x16\x03\x01\n'), /^HTTP\/1\.1 400 Bad Request\r\n/)
    match(network.ask(post('/', 'x'.repeat(3000))), /^HTTP\/1\.1 413 Content Too Large\r\n/)
    deepEqual(asked, [])
  })

  it('hangs up on strangers without a word', () => {
    const { network, asked } = serve()
    equal(network.ask(get('/'), '10.0.0.7'), '')
    deepEqual(asked, [])
  })

  it('gives up a request that is not complete after 10 s, and a response nobody takes after 20 s', async () => {
    const { clock, network } = serve()
    const slow = network.connect()
    const deaf = network.connect()
    deaf.room = 0
    deaf.send(get('/long'))
    for (let i = 0; i < 9; i++) {
      slow.send('G')
      await clock.run(1_000)
    }
    ok(!slow.isClosed)
    await clock.run(1_000)
    ok(slow.isClosed && !deaf.isClosed)
    await clock.run(10_000)
    ok(deaf.isClosed)
  })

  it('answers a guest beside any number that say nothing', () => {
    const { network } = serve()
    const silent = Array.from({ length: 100 }, () => network.connect())
    equal(silent.filter((peer) => !peer.isClosed).length, 4)
    ok(network.ask(get('/')).endsWith('hello\n'))
  })

  it('finishes what it is sending before it takes on more', () => {
    const { network } = serve()
    const readers = Array.from({ length: 4 }, () => network.connect())
    for (const reader of readers) {
      reader.room = 100
      reader.send(get('/long'))
    }
    equal(network.ask(get('/')), '')
    readers[2]!.hangUp()
    ok(network.ask(get('/')).endsWith('hello\n'))
    readers[0]!.drain(Number.POSITIVE_INFINITY)
    ok(readers[0]!.received.endsWith(LONG))
  })

  it('ends every connection when it closes', () => {
    const { network, server } = serve()
    const peer = network.connect()
    server.close()
    ok(peer.isClosed && !network.isListening)
  })
})
