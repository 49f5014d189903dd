// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { testTwin } from '../support/twin.js'

async function onlineTwin(flags: Record<string, string> = {}, storage = new MemoryStorage()) {
  const device = testTwin(flags, { storage })
  await device.online()
  return device
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

  it('does not cut the device off at once, and is used from the next join', async () => {
    const { clock, twin, ask, log } = await onlineTwin()
    await ask('set_ssid', 'elsewhere')
    deepEqual(await ask('ping'), ['ping'])
    twin.wifi.inRange = false
    await clock.run(5_000)
    ok(log.includes('wifi: joining elsewhere'))
  })
})

describe('wifi_status', () => {
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
    await ask('set_ap_mesh_pwd', 'short')
    equal(twin.wifi.accessPoint, undefined)
    deepEqual(await ask('ap_status'), ['ap_status stopped'])
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
