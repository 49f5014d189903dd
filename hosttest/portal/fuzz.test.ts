// node only
import { equal, ok } from 'node:assert/strict'
import dns from '../../fuzz/dns.js'
import { fromHex } from '../../modules/codec/hex.js'
import { encodeUtf8 } from '../../modules/codec/utf8.js'
import { HttpServer } from '../../modules/portal/http-server.js'
import { PortalSite } from '../../modules/portal/site.js'
import type { Connection, ConnectionEvents } from '../../modules/ports/listener.js'
import { seededRandom } from '../../twin/random.js'
import { type Below, changed, joined } from '../support/changed.js'
import { Turns } from '../support/clock.js'
import { liveHeap } from '../support/heap.js'
import { parts } from '../support/parts.js'
import { FakeDevice, get, HOST, post } from '../support/portal.js'

const INPUTS = 50_000
const FIRST = [
  get('/wifi/wifi_setup.tpl', 'Accept-Language: da'),
  get('/meter?lang=en'),
  get('/wifi/wifiscan.cgi', 'Cookie: a=b'),
  'HEAD /water HTTP/1.0\r\n\r\n',
  post('/wifi/setup.cgi', 'essid=Caf%C3%A9&passwd=12345678&mqtthost=10.0.0.2', `Origin: http://${HOST}`),
  post('/wifi/setup.cgi', 'essid=x&impulse_meter_units=1234.567&impulses_per_unit=100'),
  post('/water', 'id=12345678&key=44E9112D06BD762EC2BFECE57E487C9B'),
  post('/access', 'password=egen-adgangskode'),
].map(encodeUtf8)
const TOKENS = [
  '\r\n',
  '\n\n',
  ':',
  '%',
  '%00',
  '&',
  '=',
  ' ',
  'POST',
  'Content-Length: 9',
  'Host: x',
  '\0',
  '/',
  '?',
  '<',
].map(encodeUtf8)

describe('the portal under hostile requests', () => {
  for (const { part, name } of parts(20)) {
    it(`throws at none of ${INPUTS}, answers in between, and holds no more memory than before, ${name}`, async () => {
      const random = seededRandom(part)
      const below = (limit: number) => Math.floor(random() * limit)
      const clock = new Turns()
      const device = new FakeDevice()
      device.now.waterMeters = []
      device.now.impulse = { reading: 0, unit: 'm3' }
      let accept: (connection: Connection) => ConnectionEvents = () => ({}) as ConnectionEvents
      const site = new PortalSite({ device, host: () => HOST, name: 'EL_1', onActivity() {} })
      new HttpServer({
        clock,
        port: 80,
        listener: {
          listen(_port, onConnection) {
            accept = onConnection
            return { close() {} }
          },
        },
        accepts: () => true,
        respond: (request) => site.respond(request),
      })
      const count = { answered: 0, open: 0, mostOpen: 0 }
      function connect() {
        const sink = {
          bytes: 0,
          isClosed: false,
          events: undefined as ConnectionEvents | undefined,
          address: '192.168.4.2',
          room: 0,
          write(bytes: Uint8Array) {
            const taken = Math.min(sink.room, bytes.length)
            sink.room -= taken
            sink.bytes += taken
            return taken
          },
          close() {
            sink.isClosed = true
            count.open--
          },
        }
        count.mostOpen = Math.max(count.mostOpen, ++count.open)
        sink.events = accept(sink)
        return sink
      }

      let before = 0
      for (let i = 0; i < INPUTS; i++) {
        // By then all that is compiled is.
        if (i === INPUTS / 5) before = liveHeap()
        const request = mutate(FIRST[below(FIRST.length)]!, below)
        const peer = connect()
        // Most of them read little, so that pages are not what is measured here.
        peer.room = below(64) === 0 ? 100_000 : below(400)
        const cut = below(4) === 0 ? below(request.length) : request.length
        peer.events!.onData(request.subarray(0, cut))
        if (!peer.isClosed && cut < request.length) peer.events!.onData(request.subarray(cut))
        clock.settle()
        if (peer.bytes > 0) count.answered++
        if (!peer.isClosed && below(8) > 0) {
          count.open--
          peer.isClosed = true
          peer.events!.onClosed()
        }
        device.changes.length = device.trials.length = 0
        if (i % 10_000 === 0) {
          await clock.run(30_000)
          const guest = connect()
          guest.room = 100_000
          guest.events!.onData(FIRST[1]!)
          clock.settle()
          ok(guest.bytes > 3000, 'a guest is answered')
        }
        // Four that neither ask nor read would keep the rest out until their time is over.
        else if (i % 16 === 0) await clock.run(20_000)
      }
      await clock.run(30_000)
      equal(count.open, 0)
      ok(count.mostOpen <= 5, `${count.mostOpen} connections at once`)
      ok(count.answered > INPUTS / 2, `${count.answered} answered`)
      const grown = liveHeap() - before
      console.log(`      ${count.answered} answered, heap ${Math.round(grown / 1024)} kB more`)
      ok(grown < 1 << 20)
    })
  }

  for (const { part, name } of parts(20)) {
    it(`answers no name that it was not asked for, whatever the query, ${name}`, () => {
      const random = seededRandom(part)
      const below = (limit: number) => Math.floor(random() * limit)
      const query = fromHex(
        'abcd012000010000000000010763617074697665056170706c6503636f6d000001000100002904d0000000000000',
      )!
      let answered = 0
      for (let i = 0; i < INPUTS; i++) {
        if (dns(Uint8Array.from(mutate(query, below))) !== undefined) answered++
      }
      ok(answered > INPUTS / 10)
    })
  }
})

function mutate(original: Uint8Array, below: Below): Uint8Array {
  let bytes = original
  for (let left = 1 + below(3); left > 0 && bytes.length > 0; left--) bytes = changed(bytes, below, TOKENS)
  if (below(256) > 0) return bytes
  const at = below(bytes.length)
  return joined(bytes.subarray(0, at), new Uint8Array(below(10_000)).fill(below(256)), bytes.subarray(at))
}
