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
const page = () => ['\\u{1f600}'.repeat(3_000)]
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

  it('send a page of characters beyond U+FFFF', async () => {
    const { result, aborts } = await runNetwork(SERVE, 'join(serve)', guest('/emoji'))
    deepEqual(aborts, [])
    deepEqual(result, [true, 'closed', 12_000, '\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80'])
  })
})
