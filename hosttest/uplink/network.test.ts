import { deepEqual, equal, ok } from 'node:assert/strict'
import { Station } from '../../modules/uplink/station.js'
import { seededRandom } from '../../twin/random.js'
import { SimulatedWifi } from '../../twin/wifi.js'
import { testClock } from '../support/clock.js'
import { hosted } from '../support/hosted.js'

describe('the Wi-Fi station', () => {
  function setUp() {
    const clock = testClock()
    const wifi = new SimulatedWifi(clock)
    const events: string[] = []
    const station = hosted(Station, {
      clock,
      wifi,
      random: seededRandom(1),
      candidates: () => [{ choice: 'first', ssid: SimulatedWifi.ssid, password: SimulatedWifi.password }],
      adopt() {},
      onUp: () => events.push(`up ${Math.round(clock.now() / 1000)}`),
      onDown: () => events.push(`down ${Math.round(clock.now() / 1000)}`),
      log: () => {},
    })
    return { clock, wifi, station, events }
  }

  it('joins, and again when the network has been away', async () => {
    const { clock, wifi, station, events } = setUp()
    station.start()
    await clock.run(10_000)
    wifi.inRange = false
    await clock.run(600_000)
    ok(!station.up)
    wifi.inRange = true
    await clock.run(12_000)
    ok(station.up)
    deepEqual(events.slice(0, 2), ['up 2', 'down 10'])
    equal(events.length, 3)
  })

  it('does not wait for ever for an address', async () => {
    const { clock, wifi, station, events } = setUp()
    let joins = 0
    wifi.join = () => {
      joins++
    }
    station.start()
    await clock.run(100_000)
    ok(joins >= 4)
    deepEqual(events, [])
  })

  it('stays down when it is stopped', async () => {
    const { clock, station, events } = setUp()
    station.start()
    await clock.run(5_000)
    station.stop()
    await clock.run(60_000)
    equal(events.length, 2)
    ok(!station.up)
  })
})
