import { encodeUtf8 } from '../../../modules/codec/utf8.js'
import type { Connection, ConnectionEvents } from '../../../modules/ports/listener.js'
import { SimulatedWifi } from '../../../twin/wifi.js'
import { HOST, post } from '../../support/portal.js'
import { Board } from './board.js'
import { ble, command, HEADERS, METERS, REMEMBERED, storeJobs, summing } from './everything.js'
import { measure } from './figures.js'
import { ask } from './phone.js'
import { plainWorld } from './world.js'

let connect!: (connection: Connection) => ConnectionEvents
const portal = {
  listener: {
    listen(_port: number, onConnection: typeof connect) {
      connect = onConnection
      return { close() {} }
    },
  },
  port: 80,
  udp: undefined,
  host: HOST,
  clients: undefined,
}

const board = new Board(plainWorld, { crypto: summing, ble, portal }, { BLE: '1' })
const { clock } = board
const settings = () => board.firmware.settings.values

/** The longest texts that somebody can store. */
const LONG = { password: 'p'.repeat(64), ssid: 's'.repeat(32), host: `${'h'.repeat(59)}.org` }

const LONGEST = {
  previousSsid: LONG.ssid,
  previousPassword: LONG.password,
  fallbackSsid: LONG.ssid,
  fallbackPassword: LONG.password,
  mqttHost: LONG.host,
  mqttUser: LONG.password,
  mqttPassword: LONG.password,
  previousMqttHost: `g${LONG.host.slice(1)}`,
  previousMqttUser: LONG.password,
  previousMqttPassword: LONG.password,
  apPassword: LONG.password,
  portalPassword: LONG.password.slice(1),
  radioHeaders: HEADERS,
}

/** As many commands as are remembered, of which nothing is stored yet: they have changed nothing. */
async function manyCommands(): Promise<void> {
  const { limit } = settings()
  for (let i = 0; i < REMEMBERED; i++) {
    board.command('open_until', `${limit}`)
    await clock.run(500)
  }
}

async function form(name: string, path: string, fields: Readonly<Record<string, string>>): Promise<void> {
  const body = Object.entries(fields).map(([field, text]) => `${field}=${encodeURIComponent(text)}`)
  const request = encodeUtf8(post(path, body.join('&')))
  await manyCommands()
  await measure(name, () => ask(clock, connect, request), clock)
}

function expect(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(what)
}

async function run(): Promise<void> {
  board.powerOn()
  await clock.run(60_000)
  await storeJobs(board)
  board.firmware.settings.update({ ...LONGEST, waterMeters: METERS.slice(0, 7) })
  board.firmware.close()
  board.powerOn()
  await clock.run(60_000)
  const [id, key] = METERS[7]!.split(':')
  await form('the eighth radio meter', '/water', { id: id!, key: key! })
  expect(settings().waterMeters.join() === METERS.join(), 'no eighth meter')
  await form('another key of a radio meter', '/water', { id: id!, key: key!.toUpperCase().replace('0', 'F') })
  expect(settings().waterMeters[7] === `${id}:f${key!.slice(1)}`, 'no other key')
  await form('a radio meter less', '/water', { remove: id! })
  expect(settings().waterMeters.length === 7, 'no meter less')
  await manyCommands()
  await measure(
    'a command that sets headers',
    () => command(board, 'set_radio_headers', HEADERS.replaceAll('0413', '0414')),
    clock,
  )
  expect(settings().radioHeaders.startsWith('0414'), 'no headers by command')
  const others = HEADERS.replaceAll('?', '')
  await form('a form with headers', '/water', { headers: others })
  expect(settings().radioHeaders === others, 'no other headers')
  await form('a password of the portal', '/access', { password: 'q'.repeat(63) })
  expect(settings().portalPassword[0] === 'q', 'no other password')
  await form('another broker, with its trial', '/wifi/setup.cgi', {
    essid: SimulatedWifi.ssid,
    passwd: SimulatedWifi.password,
    mqtthost: LONG.host.replaceAll('h', 'k'),
    mqttuser: LONG.password.replaceAll('p', 'k'),
    mqttpassword: LONG.password.replaceAll('p', 'l'),
  })
  expect(settings().mqttHost[0] === 'k', 'no other broker')
}

void run()
