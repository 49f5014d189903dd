// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { testTwin } from '../../twin/virtual.js'

async function onlineTwin(flags: Record<string, string> = {}, storage = new MemoryStorage()) {
  const device = testTwin(flags, { storage })
  await device.online()
  return device
}

/** What `wifi_status` says, and from `network_quality` what became of the first choice, and the network's name. */
async function inUse(ask: (name: string) => Promise<string[]>): Promise<(string | undefined)[]> {
  const [status] = await ask('wifi_status')
  const [quality] = await ask('network_quality')
  const pairs = /&reboot=[0-9]+&first_choice=(.*?)&ssid=(.*)$/.exec(quality!)
  return [status!.replace('wifi_status ', ''), pairs?.[1], pairs?.[2]]
}

describe('a new Wi-Fi network', () => {
  it('with 32 bytes of name and 64 of password is not cut', async () => {
    const { ask } = await onlineTwin()
    const ssid = 'x'.repeat(32)
    const password = 'p'.repeat(64)
    deepEqual(await ask('set_ssid', ssid), [`set_ssid ${ssid}`])
    deepEqual(await ask('set_pwd', password), [`set_pwd ${password}`])
    deepEqual(await ask('set_ssid_pwd', `ssid=${ssid}&pwd=${password}`), [`set_ssid_pwd ssid=${ssid}&pwd=${password}`])
  })

  it('that is longer is cut where a character ends', async () => {
    const { ask } = await onlineTwin()
    deepEqual(await ask('set_ssid', 'ø'.repeat(20)), [`set_ssid ${'ø'.repeat(16)}`])
    deepEqual(await ask('set_ssid', `x${'🔥'.repeat(9)}`), [`set_ssid x${'🔥'.repeat(7)}`])
  })

  it('may hold & and = in any of the ways they are written', async () => {
    const { ask } = await onlineTwin()
    for (const [payload, ssid, password] of [
      ['ssid=a%26b%3dc&pwd=d%3De%26f', 'a&b=c', 'd=e&f'],
      ['ssid=a=b&pwd=c=d', 'a=b', 'c=d'],
      ['pwd=first&ssid=last', 'last', 'first'],
      ['ssid=net&pwd=pass&word', 'net', 'pass&word'],
      ['ssid=net&pwd=pass&other=ignored', 'net', 'pass'],
      ['ssid=100%25&pwd=', '100%25', ''],
    ] as const) {
      await ask('set_ssid_pwd', payload)
      deepEqual(await ask('ssid'), [`ssid ${ssid}`])
      deepEqual(await ask('set_pwd', password), [`set_pwd ${password}`.trim()], payload)
    }
  })

  it('without a name changes nothing, and nothing breaks', async () => {
    const { ask } = await onlineTwin()
    for (const payload of ['ssid=&pwd=x', 'ssid=', '', '&&&', '=', 'ssid', 'foo=bar'])
      await ask('set_ssid_pwd', payload)
    await ask('set_ssid', '')
    deepEqual(await ask('ssid'), ['ssid twin'])
  })

  it('that is not in range leaves the device where it is, and is joined when the old one is exchanged for it', async () => {
    const { clock, twin, ask } = await onlineTwin()
    await ask('set_ssid_pwd', 'ssid=next week&pwd=a new router')
    await clock.run(60_000)
    deepEqual(await inUse(ask), ['connected in_use=previous', 'no_ap_found', 'twin'])
    deepEqual(await ask('disconnect_count'), ['disconnect_count 0'])
    deepEqual(await ask('ssid'), ['ssid next week'])
    twin.wifi.inRange = false
    twin.wifi.add('next week', 'a new router')
    await clock.run(10_000)
    deepEqual(await ask('wifi_status'), ['wifi_status connected'])
    equal(twin.settings.previousSsid, '')
  })

  it('that comes into range later is found within a quarter of an hour', async () => {
    const { clock, twin, ask } = await onlineTwin()
    await ask('set_ssid_pwd', 'ssid=next week&pwd=a new router')
    await clock.run(60_000)
    twin.wifi.add('next week', 'a new router')
    await clock.run(910_000)
    deepEqual(await ask('wifi_status'), ['wifi_status connected'])
    equal(twin.settings.previousSsid, '')
  })

  it('that is in range is used at once, and the old one is forgotten when the broker was reached', async () => {
    const { clock, twin, ask } = await onlineTwin()
    twin.wifi.add('new', 'a new router')
    deepEqual(await ask('set_ssid_pwd', 'ssid=new&pwd=a new router'), ['set_ssid_pwd ssid=new&pwd=a new router'])
    equal(twin.settings.previousSsid, 'twin')
    await clock.run(10_000)
    deepEqual(await ask('wifi_status'), ['wifi_status connected'])
    deepEqual([twin.settings.ssid, twin.settings.previousSsid], ['new', ''])
  })

  it('with a wrong password brings the device back to the old one, and can be corrected from there', async () => {
    const { clock, twin, ask } = await onlineTwin()
    twin.wifi.add('new', 'a new router')
    await ask('set_ssid_pwd', 'ssid=new&pwd=a typo')
    await clock.run(15_000)
    deepEqual(await inUse(ask), ['connected in_use=previous', 'auth_fail', 'twin'])
    await ask('set_pwd', 'a new router')
    await clock.run(10_000)
    deepEqual(await ask('wifi_status'), ['wifi_status connected'])
    equal(twin.settings.previousSsid, '')
  })

  it('is one of exactly that name', async () => {
    const { clock, twin, ask } = await onlineTwin()
    for (const ssid of ['twin2', 'twi', 'Twin', ' twin']) {
      await ask('set_ssid', ssid)
      await clock.run(10_000)
      deepEqual(await inUse(ask), ['connected in_use=previous', 'no_ap_found', 'twin'])
    }
    equal(twin.settings.previousSsid, 'twin')
  })

  it('that leads nowhere is left again for the old one', async () => {
    const { clock, twin, broker, ask } = await onlineTwin()
    const home = twin.wifi.home.uplink.address
    twin.wifi.add('no internet', 'a new router').uplink = { address: '192.168.7.7', netmask: '255.255.255.0' }
    const follow = () => {
      broker.passing = twin.wifi.uplink()?.address === home
      twin.time.silent = !broker.passing
      clock.set(follow, 100)
    }
    follow()
    await ask('set_ssid_pwd', 'ssid=no internet&pwd=a new router')
    await clock.run(120_000)
    deepEqual(await inUse(ask), ['connected in_use=previous', 'no_broker', 'twin'])
  })
})

describe('credentials that are tried', () => {
  async function trial(ssid: string, password: string) {
    const device = await onlineTwin()
    const { clock, twin } = device
    const outcomes: (string | undefined)[] = []
    twin.wifi.add('no addresses', 'a new router').dhcp = false
    twin.wifi.add('new', 'a new router')
    twin.firmware.station.tryCredentials(
      { ssid, password },
      () => ({}),
      (reason) => outcomes.push(reason),
    )
    await clock.run(13_000)
    return { ...device, outcomes }
  }

  it('tell why they fail, are not stored then, and the device is back where it was', async () => {
    for (const [ssid, password, reason] of [
      ['new', 'a typo', 'auth_fail'],
      ['not there', 'a typo', 'no_ap_found'],
      ['no addresses', 'a new router', 'no address in time'],
    ] as const) {
      const { clock, twin, ask, outcomes } = await trial(ssid, password)
      deepEqual(outcomes, [reason])
      await clock.run(10_000)
      deepEqual(await ask('wifi_status'), ['wifi_status connected'])
      deepEqual([twin.settings.ssid, twin.settings.previousSsid], ['twin', ''])
    }
  })

  it('are stored when they lead to an address', async () => {
    const { clock, twin, ask, outcomes } = await trial('new', 'a new router')
    deepEqual(outcomes, [undefined])
    await clock.run(10_000)
    deepEqual(await ask('wifi_status'), ['wifi_status connected'])
    deepEqual([twin.settings.ssid, twin.settings.previousSsid], ['new', ''])
  })

  it('work in a device that has none yet', async () => {
    const { clock, twin, messages } = testTwin({}, { fresh: true })
    twin.start()
    await clock.run(30_000)
    const outcomes: (string | undefined)[] = []
    const { ssid, password } = twin.wifi.home
    twin.firmware.station.tryCredentials(
      { ssid, password: 'a typo' },
      () => ({}),
      (reason) => outcomes.push(reason),
    )
    await clock.run(10_000)
    twin.firmware.station.tryCredentials(
      { ssid, password },
      () => ({}),
      (reason) => outcomes.push(reason),
    )
    await clock.run(10_000)
    deepEqual(outcomes, ['auth_fail', undefined])
    deepEqual([twin.settings.ssid, twin.settings.password, twin.settings.previousSsid], [ssid, password, ''])
    equal(messages('version').length, 1)
  })
})

describe('the fallback network', () => {
  it('is off by default, and joined only when no other can be', async () => {
    const { clock, twin, ask } = await onlineTwin()
    twin.wifi.add('phone', 'w1reless')
    twin.wifi.inRange = false
    await clock.run(60_000)
    ok(twin.wifi.rssi() === undefined)
    twin.wifi.inRange = true
    await clock.run(10_000)
    deepEqual(await ask('set_fallback_ssid_pwd', 'ssid=phone&pwd=w1reless'), [
      'set_fallback_ssid_pwd ssid=phone&pwd=w1reless',
    ])
    await clock.run(60_000)
    deepEqual(await ask('wifi_status'), ['wifi_status connected'])
    twin.wifi.inRange = false
    await clock.run(15_000)
    deepEqual(await inUse(ask), ['connected in_use=fallback', 'no_ap_found', 'phone'])
  })

  it('is given up with an empty message', async () => {
    const { ask } = await onlineTwin()
    await ask('set_fallback_ssid_pwd', 'ssid=phone&pwd=w1reless')
    deepEqual(await ask('set_fallback_ssid_pwd', ''), ['set_fallback_ssid_pwd ssid=&pwd='])
  })

  it('blinks fast while it is used, and is left for the configured one when that is back', async () => {
    const { clock, twin, ask } = await onlineTwin()
    twin.wifi.add('phone', 'w1reless')
    await ask('set_fallback_ssid_pwd', 'ssid=phone&pwd=w1reless')
    twin.wifi.inRange = false
    await clock.run(15_000)
    const before = twin.led.changes
    await clock.run(10_000)
    equal(twin.led.changes - before, 50)
    twin.wifi.inRange = true
    await clock.run(910_000)
    deepEqual(await ask('wifi_status'), ['wifi_status connected'])
    equal(twin.led.level, 0)
  })
})

describe('network_quality', () => {
  it('tells how long the broker takes to answer', async () => {
    const { clock, ask } = await onlineTwin()
    await clock.run(120_000)
    const [text] = await ask('network_quality')
    ok(
      text!.startsWith(
        'network_quality ping_response_time=20.000 mS&ping_average_packet_loss=0.00%&disconnect_count=0&',
      ),
    )
  })

  it('tells what was tried: an address that has become worthless is asked for anew', async () => {
    const { clock, twin, broker, ask } = await onlineTwin()
    broker.passing = false
    twin.time.silent = true
    twin.wifi.onRemedy = () => {
      broker.passing = true
    }
    await clock.run(120_000)
    equal(twin.wifi.renewals, 1)
    const [text] = await ask('network_quality')
    ok(/&tcp=[0-9]+&mqtt=1&address=1&access_point=0&radio=0&reboot=0$/.test(text!), text)
    ok(/&ping_average_packet_loss=[1-9][0-9.]+%&/.test(text!), text)
  })

  it('counts a radio that had to be restarted as a disconnect, as the original', async () => {
    const { clock, twin, broker, ask } = await onlineTwin()
    await ask('set_ap_mesh_pwd', 'a new password')
    broker.passing = false
    twin.time.silent = true
    twin.wifi.onRemedy = () => {
      broker.passing = twin.wifi.restarts > 0
    }
    await clock.run(180_000)
    equal(twin.wifi.restarts, 1)
    deepEqual(await ask('disconnect_count'), ['disconnect_count 1'])
    deepEqual(twin.wifi.accessPoint?.ssid, 'mesh-1234567')
  })

  it('leaves the network alone when only the broker is away', async () => {
    const { clock, twin, broker } = await onlineTwin()
    broker.reachable = false
    broker.cut()
    await clock.run(3_600_000)
    deepEqual([twin.wifi.renewals, twin.wifi.restarts], [0, 0])
  })
})

describe('a day without the broker', () => {
  it('ends in a restart whose reason is 7, once', async () => {
    const { clock, broker, ask, messages } = await onlineTwin()
    broker.reachable = false
    broker.cut()
    await clock.run(86_400_000 + 150_000)
    broker.reachable = true
    await clock.run(30_000)
    ok(messages('reset_reason').at(-1)!.text.startsWith('reason=7&'))
    await ask('restart')
    await clock.run(40_000)
    ok(messages('reset_reason').at(-1)!.text.startsWith('reason=4&'))
  })
})

describe('wifi_status', () => {
  it('fits 32 characters, and network_quality has the rest', async () => {
    const { clock, twin, ask } = await onlineTwin()
    const name = 'A & B, a network of 32 bytes now'
    equal(name.length, 32)
    twin.wifi.add(name, 'emergency')
    await ask('set_fallback_ssid_pwd', `ssid=${name.replace('&', '%26')}&pwd=emergency`)
    twin.wifi.inRange = false
    await clock.run(30_000)
    const [status, reason, ssid] = await inUse(ask)
    deepEqual([status, reason, ssid], ['connected in_use=fallback', 'no_ap_found', name.replace('&', '%26')])
    ok(status!.length <= 32)
    twin.wifi.inRange = true
    await clock.run(1_000_000)
    deepEqual(await ask('wifi_status'), ['wifi_status connected'])
    ok((await ask('network_quality'))[0]!.endsWith('&reboot=0'))
  })

  it('is connected after the network has been away, and the outage is counted', async () => {
    const { clock, twin, ask } = await onlineTwin()
    twin.wifi.inRange = false
    await clock.run(30_000)
    twin.wifi.inRange = true
    await clock.run(30_000)
    deepEqual(await ask('wifi_status'), ['wifi_status connected'])
    deepEqual(await ask('disconnect_count'), ['disconnect_count 1'])
  })
})

describe('the access point', () => {
  it('that was stopped is not started by a new password', async () => {
    const { twin, ask } = await onlineTwin()
    await ask('stop_ap')
    deepEqual(await ask('set_ap_mesh_pwd', 'a new password'), ['set_ap_mesh_pwd a new password'])
    equal(twin.wifi.accessPoint, undefined)
    deepEqual(await ask('ap_status'), ['ap_status stopped'])
  })

  it('is not started without a password of its own', async () => {
    const { twin, ask } = await onlineTwin()
    deepEqual(await ask('start_ap'), ['start_ap refused: no password, see set_ap_mesh_pwd'])
    equal(twin.wifi.accessPoint, undefined)
    await ask('set_ap_mesh_pwd', 'a new password')
    deepEqual(await ask('ap_status'), ['ap_status started'])
  })

  it('stays stopped after power-off', async () => {
    const storage = new MemoryStorage()
    const first = await onlineTwin({}, storage)
    await first.ask('stop_ap')
    first.twin.close()
    const { twin } = await onlineTwin({}, storage)
    equal(twin.wifi.accessPoint, undefined)
  })

  it('with a password too short for WPA does not run open to everybody', async () => {
    const { twin, ask } = await onlineTwin()
    for (const password of ['short', 'x'.repeat(64), 'blåbærgrød'])
      deepEqual(await ask('set_ap_mesh_pwd', password), [
        'set_ap_mesh_pwd refused: expected 8 to 63 characters of ASCII',
      ])
    equal(twin.wifi.accessPoint, undefined)
    deepEqual(await ask('ap_status'), ['ap_status stopped, no password'])
  })

  it('ends when its password is taken away', async () => {
    const { twin, ask } = await onlineTwin()
    await ask('set_ap_mesh_pwd', 'a new password')
    ok(twin.wifi.accessPoint !== undefined)
    deepEqual(await ask('set_ap_mesh_pwd', ''), ['set_ap_mesh_pwd'])
    equal(twin.wifi.accessPoint, undefined)
    deepEqual(await ask('ap_status'), ['ap_status stopped, no password'])
  })
})

describe('a device that was flashed with another key', () => {
  it('obeys that key and keeps its settings', async () => {
    const storage = new MemoryStorage()
    const first = await onlineTwin({ AUTO_CLOSE: '0' }, storage)
    await first.ask('open_until', '60000')
    first.twin.close()
    const second = await onlineTwin({ KEY: '00112233445566778899aabbccddeeff', AUTO_CLOSE: '0' }, storage)
    deepEqual(await second.ask('open_until', '-1'), ['open_until 60000', 'status open'])
  })
})

describe('the reason of a restart', () => {
  it('does not stick: after power-off it is power-on again', async () => {
    const storage = new MemoryStorage()
    const first = await onlineTwin({}, storage)
    await first.ask('restart')
    await first.clock.run(40_000)
    ok(first.messages('reset_reason').at(-1)!.text.startsWith('reason=4&'))
    first.twin.close()
    const second = await onlineTwin({}, storage)
    ok(second.messages('reset_reason').at(-1)!.text.startsWith('reason=0&'))
  })
})
