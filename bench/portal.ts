import { FakeDevice, get, HOST, IMPULSE, WATER_METER } from '../hosttest/support/portal.js'
import { encodeUtf8 } from '../modules/codec/utf8.js'
import { Html } from '../modules/portal/html.js'
import { RequestParser } from '../modules/portal/http-request.js'
import { PortalSite } from '../modules/portal/site.js'
import { printTable } from './table.js'

/** Bytes of every page of the portal, style and script included, in both languages. */
function pageBytes(path: string, language: string, prepare: (device: FakeDevice) => void): number {
  const device = new FakeDevice()
  prepare(device)
  const site = new PortalSite({ device, host: () => HOST, name: 'KAM_7654321', onActivity() {} })
  const request = new RequestParser().push(encodeUtf8(get(path, `Accept-Language: ${language}`)))
  if (typeof request !== 'object') throw new Error(path)
  const response = site.respond(request)
  const { body = [] } = typeof response === 'function' ? response() : response
  let bytes = 0
  for (const part of body) bytes += encodeUtf8(part instanceof Html ? part.text : part).length
  return bytes
}

const PAGES: readonly [name: string, path: string, prepare: (device: FakeDevice) => void][] = [
  ['set-up, 3 networks', '/wifi/wifi_setup.tpl', () => {}],
  [
    'set-up, 24 networks',
    '/wifi/wifi_setup.tpl',
    (device) => {
      const [network] = device.networks
      device.networks = Array.from({ length: 24 }, (_, i) => ({ ...network!, ssid: `A neighbour's network ${i}` }))
    },
  ],
  [
    'set-up of an impulse meter',
    '/wifi/impulse_meter_wifi_setup.tpl',
    (device) => {
      Object.assign(device.now, IMPULSE)
    },
  ],
  ['meter, 8 quantities, 2 errors', '/meter', () => {}],
  [
    'water, 1 meter',
    '/water',
    (device) => {
      device.now.waterMeters = [WATER_METER]
    },
  ],
  ['password', '/access', () => {}],
]

printTable(
  "Bytes of the portal's pages; no page asks for anything more",
  ['', 'English', 'Danish'],
  PAGES.map(([name, path, prepare]) => [name, pageBytes(path, 'en', prepare), pageBytes(path, 'da', prepare)]),
)
