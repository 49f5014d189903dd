// node only
import { deepEqual } from 'node:assert/strict'
import { needsMachine } from '../xs/needs-machine.js'
import { runNetwork } from './network-run.js'

const IMPORTS = `import Time from 'time'
const clock = {
  now: () => Time.ticks,
  set: (callback, ms) => Timer.set(callback, ms),
  clear: (timer) => Timer.clear(timer),
}`

const SERVE = `${IMPORTS}
import { deviceListener } from 'device/listener'
import { HttpServer } from 'portal/http-server'
const page = (path) => path === '/emoji' ? ['\\u{1f600}'.repeat(3_000)] : Array.from({ length: 500 }, (_, i) => 'line ' + (1_000 + i) + ' of a page \\n')
const serve = () => new HttpServer({
  clock,
  listener: deviceListener,
  port: 80,
  accepts: () => true,
  respond: ({ path }) => ({ status: 200, body: page(path) }),
})`

/** A guest asks for a page, hears its beginning, and is silent for some seconds. */
const guest = (path: string) => `await clock.run(4_000)
  const guest = visitor()
  let silences = 0
  const connection = guest.connect(80, ({ received }) => {
    if (received.length < 2_600 || silences++ > 0) return
    guest.passing = false
    clock.set(() => { guest.passing = true }, 3_000)
  })
  connection.end.write(bytes('GET ${path} HTTP/1.1\\r\\nHost: 192.168.1.1\\r\\n\\r\\n'))
  await clock.run(15_000)
  const answer = text(connection.received)
  const body = answer.slice(answer.indexOf('\\r\\n\\r\\n') + 4)
  return [silences > 0, connection.state, body.length, body.slice(-9)]`

describe('the sockets of the firmware', function () {
  needsMachine(this)

  it('send a long page whole to a peer that is silent for thirty turns', async () => {
    const { result, aborts } = await runNetwork(SERVE, 'join(serve)', guest('/'))
    deepEqual(aborts, [])
    deepEqual(result, [true, 'closed', 21 * 500, ' a page \n'])
  })

  it('send a page of characters beyond U+FFFF', async () => {
    const { result, aborts } = await runNetwork(SERVE, 'join(serve)', guest('/emoji'))
    deepEqual(aborts, [])
    deepEqual(result, [true, 'closed', 12_000, '\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80'])
  })

  it('send as many packets as there is room for, and the others when a silent broker has acknowledged', async () => {
    const { traced, result } = await runNetwork(
      `${IMPORTS}
import { openTcp } from 'device/lower-socket'`,
      `join(() => {
    let room = 0
    const tcp = openTcp({
      address: '203.0.113.9',
      port: 7,
      onReached() {},
      onReadable() {},
      onWritable(count) { room = count },
      onError() { say('error') },
    })
    let packets = 0
    // A packet is written in six pieces once there is room for the whole of it, as the SDK's MQTT client does.
    const write = () => {
      for (let piece = 0; piece < 6 && (piece > 0 || room >= 60); piece++) {
        room = tcp.write(new Uint8Array(10))
        if (piece === 5) packets++
      }
      if (packets < 40) Timer.set(write, 10)
      else say('all')
    }
    Timer.set(write, 1_000)
  })`,
      `await clock.run(3_250)
  host.passing = false
  await clock.run(1_000)
  host.passing = true
  await clock.run(10_000)
  return got.join('').length`,
    )
    deepEqual(traced, ['all'])
    deepEqual(result, 40 * 60)
  })
})
