import { deepEqual, equal, ok } from 'node:assert/strict'
import { SettingsStore } from '../../modules/storage/settings-store.js'
import { AccessPoint } from '../../modules/uplink/access-point.js'
import { PingStatistics } from '../../modules/uplink/ping-statistics.js'
import { markReboot, withRebootReason } from '../../modules/uplink/reboot-mark.js'
import { type Remedy, Watchdog } from '../../modules/uplink/watchdog.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { twinSystem } from '../../twin/system.js'
import { SimulatedWifi } from '../../twin/wifi.js'
import { testClock } from '../support/clock.js'
import { hosted } from '../support/hosted.js'

describe('the ladder of remedies', () => {
  function setUp(changes: { isActive?: boolean; hasOther?: boolean; mayReboot?: boolean } = {}) {
    const clock = testClock()
    const applied: string[] = []
    const watchdog = hosted(Watchdog, {
      clock,
      isActive: () => changes.isActive ?? true,
      hasOther: () => changes.hasOther ?? false,
      mayReboot: changes.mayReboot ?? true,
      freeHeap: () => 60_000,
      apply: (remedy: Exclude<Remedy, 'tcp'>) => applied.push(`${remedy} ${clock.now() / 1000}`),
      log: () => {},
    })
    watchdog.start()
    return { clock, watchdog, applied }
  }

  it('gives each its time, the gentlest first, and begins anew', async () => {
    const { clock, applied, watchdog } = setUp()
    await clock.run(301_000)
    deepEqual(applied, ['mqtt 60', 'address 75', 'access_point 90', 'radio 120', 'mqtt 300'])
    equal(watchdog.text(), 'tcp=0&mqtt=2&address=1&access_point=1&radio=1&reboot=0')
  })

  it('does nothing while the broker is heard', async () => {
    const { clock, watchdog, applied } = setUp()
    for (let i = 0; i < 100; i++) {
      await clock.run(31_000)
      watchdog.heard()
    }
    deepEqual(applied, [])
  })

  it('starts from its foot when the broker was heard again', async () => {
    const { clock, watchdog, applied } = setUp()
    await clock.run(80_000)
    watchdog.heard()
    await clock.run(70_000)
    deepEqual(applied, ['mqtt 60', 'address 75', 'mqtt 140'])
  })

  it('leaves alone a network that was seen to work', async () => {
    const { clock, watchdog, applied } = setUp()
    await clock.run(50_000)
    watchdog.reached()
    await clock.run(200_000)
    deepEqual(applied, ['mqtt 60'])
  })

  it('tries another network even then, where there is one', async () => {
    const { clock, watchdog, applied } = setUp({ hasOther: true })
    await clock.run(50_000)
    watchdog.reached()
    await clock.run(200_000)
    deepEqual(applied, ['mqtt 60', 'access_point 90'])
  })

  it('ends with a restart after a day, but not for an impulse meter', async () => {
    for (const mayReboot of [true, false]) {
      const { clock, watchdog, applied } = setUp({ mayReboot })
      await clock.run(86_400_000 - 1_000)
      ok(!applied.some((remedy) => remedy.startsWith('reboot')))
      await clock.run(300_000)
      equal(
        applied.some((remedy) => remedy.startsWith('reboot')),
        mayReboot,
      )
      watchdog.stop()
    }
  })

  it('is not climbed while there is no network to heal', async () => {
    const { clock, applied } = setUp({ isActive: false })
    await clock.run(2 * 86_400_000)
    deepEqual(applied, [])
  })
})

describe('memory that runs short', () => {
  function setUp() {
    const clock = testClock()
    const applied: string[] = []
    const heap = { free: 60_000 }
    const watchdog = hosted(Watchdog, {
      clock,
      isActive: () => false,
      hasOther: () => false,
      mayReboot: false,
      freeHeap: () => heap.free,
      apply: (remedy: Exclude<Remedy, 'tcp'>) => {
        applied.push(remedy)
        watchdog.stop()
      },
      log: () => {},
    })
    watchdog.start()
    return { clock, applied, heap }
  }

  it('leads to an orderly restart within a minute, of an impulse meter and without a network too', async () => {
    const { clock, applied, heap } = setUp()
    await clock.run(7_200_000)
    heap.free = 16_384
    await clock.run(3_600_000)
    deepEqual(applied, [])
    heap.free = 16_383
    await clock.run(60_000)
    deepEqual(applied, ['reboot'])
  })

  it('leads to no more than one restart an hour', async () => {
    const { clock, applied, heap } = setUp()
    heap.free = 1_000
    await clock.run(3_599_000)
    deepEqual(applied, [])
    await clock.run(61_000)
    deepEqual(applied, ['reboot'])
  })

  it('is not seen where nobody knows how much there is', async () => {
    const { clock, applied, heap } = setUp()
    heap.free = 0
    await clock.run(86_400_000)
    deepEqual(applied, [])
  })
})

describe('a restart by the watchdog', () => {
  it('is reason 7 at the next start, and at no later one', () => {
    const storage = new MemoryStorage()
    const restarted = twinSystem(4, () => {})
    equal(withRebootReason(restarted, storage).resetReason, 4)
    markReboot(storage)
    equal(withRebootReason(restarted, storage).resetReason, 7)
    equal(withRebootReason(restarted, storage).resetReason, 4)
  })

  it('that a power cut has overtaken is none', () => {
    const storage = new MemoryStorage()
    markReboot(storage)
    equal(
      withRebootReason(
        twinSystem(0, () => {}),
        storage,
      ).resetReason,
      0,
    )
    equal(
      withRebootReason(
        twinSystem(4, () => {}),
        storage,
      ).resetReason,
      4,
    )
  })
})

describe('the quality of the network', () => {
  it('is unknown before the first answer', () => {
    const quality = new PingStatistics()
    quality.lost()
    equal(quality.text(), 'ping_response_time=unknown&ping_average_packet_loss=unknown')
  })

  it('is the mean of the answers and the share of what was lost', () => {
    const quality = new PingStatistics()
    for (const ms of [20, 21, 23]) quality.answered(ms)
    quality.lost()
    equal(quality.text(), 'ping_response_time=21.333 mS&ping_average_packet_loss=25.00%')
  })

  it('forgets what is more than 60 pings ago', () => {
    const quality = new PingStatistics()
    quality.lost()
    quality.answered(60_000)
    for (let i = 0; i < 60; i++) quality.answered(2)
    equal(quality.text(), 'ping_response_time=2.000 mS&ping_average_packet_loss=0.00%')
  })
})

describe("the device's own access point", () => {
  function setUp() {
    const clock = testClock()
    const wifi = new SimulatedWifi(clock)
    const settings = new SettingsStore({ storage: new MemoryStorage(), clock })
    const accessPoint = new AccessPoint(clock, wifi, settings)
    const events = { onAssociated() {}, onUp: () => accessPoint.update(), onDown() {} }
    return { clock, wifi, accessPoint, events, settings }
  }

  const OWN = { apPassword: 'mesh-password' }

  it('does not run before it has a password of its own, and says why', () => {
    const { wifi, accessPoint, settings } = setUp()
    accessPoint.serial = '1234567'
    for (const apPassword of ['', 'w1reless', 'short', 'æøåæøåæøå', 'x'.repeat(64)]) {
      settings.update({ apPassword })
      accessPoint.update()
      deepEqual([wifi.accessPoint, accessPoint.status], [undefined, 'stopped, no password'], apPassword)
    }
    settings.update(OWN)
    accessPoint.update()
    deepEqual(wifi.accessPointOptions, { ssid: 'mesh-1234567', password: 'mesh-password', address: '10.0.5.1' })
    equal(accessPoint.status, 'started')
    settings.update({ apEnabled: false })
    accessPoint.update()
    equal(accessPoint.status, 'stopped')
  })

  it('moves out of the network that the station is in', async () => {
    for (const [address, netmask, mesh, portal] of [
      ['192.168.1.23', '255.255.255.0', '10.0.5.1', '192.168.4.1'],
      ['10.0.5.2', '255.255.255.0', '192.168.9.1', '192.168.4.1'],
      ['192.168.4.77', '255.255.255.0', '10.0.5.1', '10.0.7.1'],
      ['192.168.1.23', '255.255.0.0', '10.0.5.1', '10.0.7.1'],
    ]) {
      const { clock, wifi, accessPoint, events, settings } = setUp()
      settings.update(OWN)
      accessPoint.overrideWith('KAM_1234567', 'ef500c9268cf7490')
      accessPoint.serial = '1234567'
      equal(wifi.accessPointOptions?.address, '192.168.4.1')
      wifi.home.uplink = { address: address!, netmask: netmask! }
      wifi.join(SimulatedWifi.ssid, SimulatedWifi.password, events)
      await clock.run(5_000)
      deepEqual([wifi.accessPointOptions?.address, accessPoint.setUpAddress], [portal, portal], address)
      accessPoint.restore()
      equal(wifi.accessPointOptions?.address, mesh, address)
    }
  })

  it('can be lent for set-up, before it has a name of its own and after', async () => {
    const { clock, wifi, accessPoint, settings } = setUp()
    settings.update(OWN)
    accessPoint.overrideWith('KAM_1234567', 'ef500c9268cf7490')
    equal(wifi.accessPointOptions?.address, '192.168.4.1')
    accessPoint.serial = '1234567'
    equal(wifi.accessPoint?.ssid, 'KAM_1234567')
    accessPoint.restore()
    equal(wifi.accessPoint?.ssid, 'mesh-1234567')
    await clock.run(1_000)
    equal(accessPoint.status, 'started')
  })

  it('gets its addresses as soon as it is up', async () => {
    const { clock, wifi, accessPoint } = setUp()
    const asked: boolean[] = []
    const address = wifi.addressAccessPoint.bind(wifi)
    wifi.addressAccessPoint = () => {
      asked.push(address())
      return asked.at(-1)!
    }
    accessPoint.overrideWith('KAM_1234567', 'ef500c9268cf7490')
    await clock.run(60_000)
    deepEqual(asked, [false, true])
  })

  it('stays as it is while the station is out of its network', async () => {
    const { clock, wifi, accessPoint, events, settings } = setUp()
    settings.update(OWN)
    accessPoint.serial = '1234567'
    wifi.join(SimulatedWifi.ssid, SimulatedWifi.password, events)
    await clock.run(5_000)
    const { accessPointOptions } = wifi
    wifi.leave()
    await clock.run(600_000)
    equal(wifi.accessPointOptions, accessPointOptions)
  })

  it('is tried again where the radio refuses, and not any more when it is closed', async () => {
    const { clock, wifi, accessPoint, settings } = setUp()
    settings.update(OWN)
    const start = wifi.startAccessPoint.bind(wifi)
    let refused = 0
    wifi.startAccessPoint = () => {
      refused++
      return false
    }
    accessPoint.serial = '1234567'
    equal(accessPoint.status, 'stopped')
    await clock.run(10_000)
    wifi.startAccessPoint = start
    await clock.run(1_000)
    equal(accessPoint.status, 'started')
    wifi.startAccessPoint = () => {
      refused++
      return false
    }
    accessPoint.overrideWith('KAM_1234567', 'ef500c9268cf7490')
    accessPoint.close()
    const before = refused
    await clock.run(600_000)
    equal(refused, before)
  })
})
