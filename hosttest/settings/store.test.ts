import { deepEqual, equal, ok } from 'node:assert/strict'
import { decodeRecord, encodeRecord } from '../../modules/settings/record.js'
import { SettingsStore } from '../../modules/settings/store.js'
import { MemoryStorage } from '../../twin/memory-storage.js'

const NETWORK = { ssid: 'Hjemmenet Ærø', password: 'kodeord1' }

describe('the settings', () => {
  it('come back after power-off', () => {
    const storage = new MemoryStorage()
    new SettingsStore(storage).update({ ...NETWORK, mqttPort: 8883 })
    const { values } = new SettingsStore(storage)
    equal(values.ssid, NETWORK.ssid)
    equal(values.password, NETWORK.password)
    equal(values.mqttPort, 8883)
  })

  it('are written only when something is different', () => {
    const storage = new MemoryStorage()
    const store = new SettingsStore(storage)
    equal(storage.written.count, 0)
    ok(store.update(NETWORK))
    ok(!store.update(NETWORK))
    ok(!new SettingsStore(storage).update(NETWORK))
    equal(storage.written.count, 1)
  })

  it('are the old ones or the new ones, wherever a write is cut short', () => {
    const old = encodeRecord({ sequence: 5, values: { ssid: 'old', password: 'old password' } })
    const fresh = encodeRecord({ sequence: 6, values: { ssid: 'new', password: 'new password' } })
    for (let cut = 0; cut <= fresh.length; cut++) {
      const storage = new MemoryStorage()
      storage.write('settings.b', old)
      storage.write('settings.a', fresh.subarray(0, cut))
      const { ssid, password } = new SettingsStore(storage).values
      equal(`${ssid}, ${password}`, cut === fresh.length ? 'new, new password' : 'old, old password')
    }
  })

  it('go on in the other slot after a write that was cut short', () => {
    const storage = new MemoryStorage()
    const store = new SettingsStore(storage)
    store.update({ ssid: 'one' })
    store.update({ ssid: 'two' })
    const torn = storage.read('settings.a')!.fill(0xff, 20)
    storage.write('settings.a', torn)
    const again = new SettingsStore(storage)
    equal(again.values.ssid, 'one')
    again.update({ ssid: 'three' })
    equal(new SettingsStore(storage).values.ssid, 'three')
  })

  it('keep a default where a stored value is missing or of another type', () => {
    const storage = new MemoryStorage()
    storage.write('settings.a', encodeRecord({ sequence: 1, values: { mqttPort: '1884', ssid: 'x', unknown: 1 } }))
    const { values } = new SettingsStore(storage)
    equal(values.mqttPort, 1883)
    equal(values.ssid, 'x')
    ok(!('unknown' in values))
  })
})

describe('a settings record', () => {
  const bytes = encodeRecord({ sequence: 7, values: { a: 1 } })

  it('is read as it was written', () => {
    deepEqual(decodeRecord(bytes), { sequence: 7, values: { a: 1 } })
  })

  it('is refused with any bit flipped and at any other length', () => {
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const flipped = bytes.slice()
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      equal(decodeRecord(flipped), undefined)
    }
    for (let length = 0; length < bytes.length; length++) equal(decodeRecord(bytes.subarray(0, length)), undefined)
  })
})
