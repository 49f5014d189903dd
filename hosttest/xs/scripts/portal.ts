import { encodeUtf8 } from '../../../modules/codec/utf8.js'
import { HttpServer } from '../../../modules/portal/http-server.js'
import { PortalSite } from '../../../modules/portal/site.js'
import type { PortalUpdate } from '../../../modules/portal/update-device.js'
import type { Connection, ConnectionEvents } from '../../../modules/ports/listener.js'
import { FakeDevice, get, HOST, post, WATER_METER } from '../../support/portal.js'
import { measure } from './figures.js'
import { ask } from './phone.js'
import { TurnClock } from './turns.js'

const clock = new TurnClock()

const device = new FakeDevice()
// As many meters as there can be, and everything that there is to say of them and of the flash.
device.now.waterMeters = Array.from({ length: 8 }, (_, i) => ({
  ...WATER_METER,
  id: String(12345678 + i),
  key: 'unknown header' as const,
  header: '61EB',
  doubt: 'total' as const,
}))
// As many as there can be, and as long.
const HEADERS = Array.from({ length: 8 }, (_, i) => `0413${'8259'.repeat(7)}0${i}?`).join()
device.now.values = { ...device.now.values, radioHeaders: HEADERS }
device.flashNow = { settings: 'refuses', journal: 'refuses' }
const [network] = device.networks
const crowd = Array.from({ length: 24 }, (_, i) => ({ ...network!, ssid: `A neighbour's network ${i}`, rssi: -90 + i }))
/** Takes whatever comes, and keeps none of it. */
const update: PortalUpdate = {
  progress: { at: 'idle', version: '', percent: 0, reason: 'failed before: crashed or lost power' },
  upload: (at, piece) => at + piece.length,
}
const site = new PortalSite({ device, update, host: () => HOST, name: 'KAM_7654321', onActivity() {} })
let onConnection!: (connection: Connection) => ConnectionEvents
new HttpServer({
  clock,
  listener: {
    listen(_port, callback) {
      onConnection = callback
      return { close() {} }
    },
  },
  port: 80,
  accepts: () => true,
  respond: (request) => site.respond(request),
})

const NOTHING = encodeUtf8(get('/nothing'))

async function serve(name: string, bytes: Uint8Array): Promise<void> {
  // Where classes lie in RAM, unlike the device's, each keeps its last instance alive: let that be a small one.
  await ask(clock, onConnection, NOTHING)
  await measure(`${name}`, () => ask(clock, onConnection, bytes), clock)
}

const FORM = 'essid=Hjemme&passwd=12345678&mqtthost=mqtt.example.org'
const KEY = 'b1c0a5e2f47d3968805e1f6a9c2b7d43'
const WRONG_FORM = `essid=&passwd=${'%C3%A6'.repeat(70)}&mqtthost=${'a'.repeat(100)}+b`

const LONGEST_FORM = `essid=${'%C3%A6'.repeat(169)}aa`

const PIECE = encodeUtf8(
  `POST /update?at=1024 HTTP/1.1\r\nHost: ${HOST}\r\nContent-Type: application/octet-stream\r\nContent-Length: 1024\r\n\r\n${'x'.repeat(1024)}`,
)

async function run(): Promise<void> {
  const setUp = encodeUtf8(get('/wifi/wifi_setup.tpl', 'Accept-Language: da'))
  // What a browser sends with it.
  const headers = Array.from({ length: 10 }, (_, i) => `X-Header-${i}: ${'text '.repeat(20)}`)
  const chatty = encodeUtf8(get('/wifi/wifi_setup.tpl', ...headers))
  await serve('set-up', setUp)
  await serve('set-up, for a browser that says much', chatty)
  await serve('meter', encodeUtf8(get('/meter')))
  await serve('water', encodeUtf8(get('/water')))
  await serve('a form with headers', encodeUtf8(post('/water', `headers=${encodeURIComponent(HEADERS)}`)))
  await serve('a form with wrong headers', encodeUtf8(post('/water', `headers=${encodeURIComponent(HEADERS)}x`)))
  await serve('access', encodeUtf8(get('/access')))
  device.now.key = 'missing'
  await serve('set-up, without a key', setUp)
  await serve('a form with a key', encodeUtf8(post('/wifi/setup.cgi', `${FORM}&key=${KEY}&serial=7000001`)))
  await serve('a form with errors, without a key', encodeUtf8(post('/wifi/setup.cgi', `${WRONG_FORM}&key=x&serial=x`)))
  await serve('the longest form, without a key', encodeUtf8(post('/wifi/setup.cgi', LONGEST_FORM)))
  device.now.key = 'own'
  await serve('a form', encodeUtf8(post('/wifi/setup.cgi', FORM)))
  await serve('a form with errors', encodeUtf8(post('/wifi/setup.cgi', WRONG_FORM)))
  await serve('the longest form', encodeUtf8(post('/wifi/setup.cgi', LONGEST_FORM)))
  device.networks = crowd
  await serve('a look for networks', encodeUtf8(get('/wifi/wifi_setup.tpl?scan=1')))
  await serve('set-up, 24 networks', setUp)
  await serve('device', encodeUtf8(get('/device', 'Accept-Language: da')))
  await serve('diagnosis', encodeUtf8(get('/diagnosis', 'Accept-Language: da')))
  await serve('a piece of a file', PIECE)
}

void run()
