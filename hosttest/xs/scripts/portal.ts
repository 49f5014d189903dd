import { FakeDevice, get, post, serveSite } from '../../support/portal.js'
import { measure } from './figures.js'

/** Garbage is collected each time the socket has taken this much, so that a peak is what is needed. */
const ROOM = 256

const device = new FakeDevice()
device.waterMeters = [{ id: '12345678', total: '8.915 m3', age: 16, error: undefined, builtIn: false }]
const network = serveSite(device)

/** One request; the peer keeps nothing of the response. */
function serve(request: string): void {
  const peer = network.connect()
  peer.keeps = false
  peer.room = ROOM
  peer.send(request)
  for (let i = 0; i < 100 && !peer.isClosed; i++) {
    collect()
    peer.drain(ROOM)
  }
  if (!peer.isClosed) throw new Error('no end')
}

const PAGES: readonly [name: string, request: string][] = [
  ['set-up', get('/wifi/wifi_setup.tpl', 'Accept-Language: da')],
  ['meter', get('/meter')],
  ['water', get('/water')],
  ['access', get('/access')],
  ['a form', post('/wifi/setup.cgi', 'essid=Hjemme&passwd=12345678&mqtthost=mqtt.example.org')],
]

async function run(): Promise<void> {
  for (const [name, request] of PAGES) await measure(`portal: ${name}`, () => serve(request))
}

void run()
