// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { needsMachine } from '../xs/needs-machine.js'
import { runNetwork } from './network-run.js'

const NET = "import Net from 'net'"
const TCP = "import TCP from 'embedded:io/socket/tcp'"
const FFI = "import FFI from 'mc/ffi'"

/** Traces each message with its time. */
const LISTEN = `const listen = (name) => new WiFi(undefined, (message, detail) =>
    say(name, Math.round(Time.ticks / 100) / 10, message, ...(detail === undefined ? [] : [detail])))`
const TIME = "import Time from 'time'"

describe('the stand-in for the SDK’s Wi-Fi', function () {
  needsMachine(this)

  it('has nothing to tell before it was asked for anything', async () => {
    const { traced } = await runNetwork(
      `${NET}\n${TCP}`,
      `say(WiFi.mode)
  for (const what of ['MAC', 'IP', 'RSSI', 'SSID']) say(what, Net.get(what))
  say(Net.get('IP', 'station'), Net.get('DNS'))
  say(attempt(() => new TCP({ address: '10.0.0.1', port: 1 })))
  WiFi.mode = WiFi.Mode.station
  say(WiFi.mode, Net.get('MAC'))`,
      '',
    )
    deepEqual(traced, [
      '-5',
      'MAC undefined',
      'IP undefined',
      'RSSI undefined',
      'SSID undefined',
      'undefined []',
      'Error: no network',
      '1 24:0A:C4:12:34:56',
    ])
  })

  it('tells of an address only with IPv4 and IPv6', async () => {
    const { traced } = await runNetwork(
      `${TIME}\n${NET}`,
      `${LISTEN}
  listen('a')
  WiFi.connect({ ssid: 'twin', password: 'simulated' })
  Timer.set(() => say('IPv4 has', Net.get('IP', 'station'), Net.get('RSSI'), Net.get('DNS')), 1_600)`,
      'await clock.run(10_000)',
    )
    deepEqual(traced, ['a 0 start', 'a 1.4 connect', 'IPv4 has 192.168.1.23 -51 ["192.168.1.1"]', 'a 3 gotIP'])
  })

  it('asks for an address ever more seldom, and tells of none', async () => {
    const { traced, result } = await runNetwork(
      `${TIME}`,
      `${LISTEN}
  listen('a')
  WiFi.connect({ ssid: 'twin', password: 'simulated' })`,
      `air.home.dhcp = false
  await clock.run(20_000)
  air.home.dhcp = true
  await clock.run(20_000)
  return netifs.station.address`,
    )
    deepEqual(traced, ['a 0 start', 'a 1.4 connect', 'a 31.5 gotIP'])
    equal(result, '192.168.1.23')
  })

  it('tells of a refused password after one more attempt, and of a network that is not there', async () => {
    const { traced } = await runNetwork(
      TIME,
      `${LISTEN}
  listen('a')
  WiFi.connect({ ssid: 'twin', password: 'a typo' })
  Timer.set(() => WiFi.connect({ ssid: 'nowhere', password: 'a typo' }), 20_000)
  Timer.set(() => WiFi.connect({ ssid: 'twin' }), 40_000)`,
      'await clock.run(60_000)',
    )
    deepEqual(traced, [
      'a 0 start',
      'a 8 disconnect -1',
      'a 25 disconnect 0',
      // A password is wanted and none is given.
      'a 45 disconnect 0',
    ])
  })

  it('tells a newer object of the end of what an older one was in, even before it has asked for anything', async () => {
    const { traced } = await runNetwork(
      TIME,
      `${LISTEN}
  const old = listen('old')
  WiFi.connect({ ssid: 'twin', password: 'simulated' })
  Timer.set(() => {
    old.close()
    WiFi.connect()
    listen('new')
  }, 5_000)
  Timer.set(() => WiFi.connect({ ssid: 'twin', password: 'simulated' }), 10_000)`,
      'await clock.run(20_000)',
    )
    deepEqual(traced.slice(3), ['new 5 disconnect 0', 'new 11.4 connect', 'new 13 gotIP'])
  })

  it('tells nobody of it where the event loop comes first', async () => {
    const { traced } = await runNetwork(
      TIME,
      `${LISTEN}
  const old = listen('old')
  WiFi.connect({ ssid: 'twin', password: 'simulated' })
  Timer.set(() => {
    old.close()
    WiFi.connect()
    listen('new')
    WiFi.connect({ ssid: 'twin', password: 'simulated' })
  }, 5_000)`,
      `wifi.driver.eventTime = undefined
  await clock.run(20_000)`,
    )
    deepEqual(traced.slice(3), ['new 6.4 connect', 'new 8 gotIP'])
  })

  it('spends its one repetition on the end of the connection before', async () => {
    const { traced } = await runNetwork(
      TIME,
      `${LISTEN}
  listen('a')
  WiFi.connect({ ssid: 'twin', password: 'simulated' })
  Timer.set(() => WiFi.connect({ ssid: 'twin', password: 'a typo' }), 5_000)`,
      'await clock.run(20_000)',
    )
    // The old connection's end comes while the new one is being made, which cannot be begun twice: it is told at once.
    deepEqual(traced.slice(3), ['a 5 disconnect 0', 'a 9 disconnect -1'])
  })

  it('gives a message to whom has the memory of the one it was for', async () => {
    const { traced } = await runNetwork(
      TIME,
      `${LISTEN}
  const first = listen('first')
  new WiFi(undefined, () => {
    first.close()
    listen('third')
  })
  WiFi.connect({ ssid: 'twin', password: 'simulated' })`,
      'await clock.run(100)',
    )
    deepEqual(traced, ['third 0 start'])
  })

  it('never tells that an address is lost, and tells of a network that is gone when it is missed', async () => {
    const { traced, result } = await runNetwork(
      `${TIME}\n${NET}`,
      `${LISTEN}
  listen('a')
  WiFi.connect({ ssid: 'twin', password: 'simulated' })
  Timer.set(() => say(Net.get('IP', 'station'), Net.get('RSSI'), Net.get('DNS')), 20_000)`,
      `await clock.run(10_000)
  air.inRange = false
  await clock.run(300_000)
  return hardware.deepestQueue`,
    )
    deepEqual(traced.slice(3), ['a 16 disconnect 0', 'undefined undefined ["192.168.1.1"]'])
    ok((result as number) >= 2)
  })

  it('scans once at a time, not while it joins, and ends with null whatever was thrown', async () => {
    const { traced, aborts } = await runNetwork(
      TIME,
      `const scan = (name, fail) => attempt(() => WiFi.scan({}, (found) => {
    say(name, found === null ? null : [found.ssid, found.rssi, found.channel, found.authentication, new Uint8Array(found.bssid)[5]])
    if (fail && found !== null || found === null && name === 'last') throw new Error('of the callback')
  }))
  say(scan('first', true))
  say(scan('second'))
  Timer.set(() => {
    WiFi.connect({ ssid: 'twin', password: 'simulated' })
    say(scan('third'))
  }, 5_000)
  Timer.set(() => scan('last'), 10_000)`,
      `air.add('new', 'secret', { security: 'WPA3_PSK' })
  await clock.run(13_000)`,
    )
    const found = (name: string) => [
      `${name} ["twin",-51,6,"wpa2_psk",1]`,
      `${name} ["Café & Bar",-78,11,"none",2]`,
      `${name} ["new",-51,6,"wpa_wpa2_psk",3]`,
      `${name} null`,
    ]
    deepEqual(traced.slice(0, 11), [
      'undefined',
      'Error: already scanning',
      ...found('first'),
      'Error: scan request failed',
      ...found('last'),
    ])
    deepEqual(aborts, ['wifi scan: unhandled exception: Error: of the callback'])
  })

  it('opens an access point with the addresses that it is given', async () => {
    const { traced, result } = await runNetwork(
      `${NET}\n${FFI}`,
      `say(attempt(() => WiFi.accessPoint({ ssid: 'own', password: 'short' })))
  WiFi.mode = WiFi.Mode.station
  WiFi.accessPoint({ ssid: 'own', password: 'long enough', station: true, max: 8 })
  const esp = new FFI()
  const netif = esp.esp_netif_get_handle_from_ifkey('WIFI_AP_DEF')
  say('running', esp.esp_netif_set_ip_info(netif, Uint8Array.of(192, 168, 5, 1, 255, 255, 255, 0, 192, 168, 5, 1).buffer).toString(16))
  say('stopped', esp.esp_netif_dhcps_stop(netif))
  say('address', esp.esp_netif_set_ip_info(netif, Uint8Array.of(192, 168, 5, 1, 255, 255, 255, 0, 192, 168, 5, 1).buffer))
  say('started', esp.esp_netif_dhcps_start(netif))
  Timer.set(() => {
    say(Net.get('MAC'), Net.get('MAC', 'ap'), Net.get('IP', 'ap'))
  }, 1_000)
  const wifi = new WiFi(undefined, (message) => say(message))`,
      `await clock.run(2_000)
  return [air.accessPoint, phone('wrong'), phone('long enough')?.address, await clock.run(100)]`,
    )
    deepEqual(traced, [
      'Error: password too short - 8 bytes min',
      'running 5007',
      'stopped 0',
      'address 0',
      'started 0',
      'start',
      'undefined 24:0A:C4:12:34:57 192.168.5.1',
      'station_connect',
    ])
    deepEqual(result, [{ ssid: 'own', password: 'long enough' }, null, '192.168.4.2', null])
  })

  it('is an access point alone where that comes first, whatever was asked for', async () => {
    const { traced } = await runNetwork(
      TIME,
      `WiFi.accessPoint({ ssid: 'own', station: true })
  say(WiFi.mode)
  say(attempt(() => WiFi.connect({ ssid: 'twin', password: 'simulated' })))
  say(attempt(() => WiFi.scan({}, () => {})))
  WiFi.mode = WiFi.Mode.station | WiFi.Mode.accessPoint
  say(WiFi.mode, attempt(() => WiFi.connect({ ssid: 'twin', password: 'simulated' })))`,
      '',
    )
    deepEqual(traced, ['2', 'Error: esp_wifi_connect failed', 'Error: scan request failed', '3 undefined'])
  })

  it('ends in a ring when its callback is set again', async () => {
    const { faults } = await runNetwork(
      '',
      `const wifi = new WiFi(undefined, () => {})
  wifi.onNotify = () => {}`,
      '',
    )
    equal(faults.length, 1)
  })

  it('joins again by itself when the radio is switched on again', async () => {
    const { traced } = await runNetwork(
      `${TIME}\n${FFI}`,
      `${LISTEN}
  listen('a')
  WiFi.connect({ ssid: 'twin', password: 'simulated' })
  const esp = new FFI()
  Timer.set(() => esp.esp_wifi_stop(), 5_000)
  Timer.set(() => esp.esp_wifi_start(), 6_000)`,
      'await clock.run(20_000)',
    )
    deepEqual(traced.slice(3), ['a 5 disconnect 0', 'a 6 start', 'a 7.4 connect', 'a 9 gotIP'])
  })
})
