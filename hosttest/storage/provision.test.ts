import { deepEqual, equal, ok } from 'node:assert/strict'
import { decodeUtf8, encodeUtf8 } from '../../modules/codec/utf8.js'
import { ProvisionStore } from '../../modules/storage/provision.js'
import { SettingsStore } from '../../modules/storage/settings-store.js'
import { Slots } from '../../modules/storage/slots.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { testClock } from '../support/clock.js'
import { FullStorage } from '../support/full-storage.js'

const ALL = { key: '00112233445566778899aabbccddeeff', provisionedSerial: '0700001', updateKey: 'ab'.repeat(64) }

const writesTo = (storage: MemoryStorage) => storage.writes('provision')

describe('what belongs to one board', () => {
  it('comes back after power-off, and is written only when something is different', () => {
    const storage = new MemoryStorage()
    deepEqual(new ProvisionStore(storage).values, {})
    equal(new ProvisionStore(storage).update(ALL), undefined)
    deepEqual(new ProvisionStore(storage).values, ALL)
    new ProvisionStore(storage).update(ALL)
    new ProvisionStore(storage).update({ key: ALL.key, updateKey: undefined })
    new ProvisionStore(storage).update({})
    equal(writesTo(storage), 1)
    new ProvisionStore(storage).update({ provisionedSerial: '8' })
    deepEqual(new ProvisionStore(storage).values, { ...ALL, provisionedSerial: '8' })
  })

  it('outlives everything that is done to the settings', () => {
    const storage = new MemoryStorage()
    new ProvisionStore(storage).update(ALL)
    const settings = new SettingsStore({ storage, clock: testClock() })
    settings.update({ ssid: 'Hjemme', password: 'kodeord1' })
    new Slots(storage, 'settings').write(encodeUtf8('{}'))
    deepEqual(new ProvisionStore(storage).values, ALL)
  })

  it('keeps what a newer image has added', () => {
    const storage = new MemoryStorage()
    new Slots(storage, 'provision').write(encodeUtf8(JSON.stringify({ ...ALL, later: 'x' })))
    new ProvisionStore(storage).update({ provisionedSerial: '8' })
    const { later } = JSON.parse(decodeUtf8(new Slots(storage, 'provision').read()!))
    equal(later, 'x')
  })

  it('is none where the record is damaged or its values have another form', () => {
    const storage = new MemoryStorage()
    for (const text of [
      'null',
      '[1]',
      '"key"',
      '{"key":',
      JSON.stringify({ key: ALL.key.slice(1), provisionedSerial: 7, updateKey: `${ALL.updateKey}00` }),
      JSON.stringify({ key: `${ALL.key.slice(1)}g`, provisionedSerial: '1234567890123', updateKey: null }),
      JSON.stringify({ key: `${ALL.key}\n`, provisionedSerial: '', updateKey: ALL.updateKey.slice(1) }),
      JSON.stringify({
        key: ` ${ALL.key.slice(1)}`,
        provisionedSerial: '12a',
        updateKey: `${ALL.updateKey.slice(2)}😀`,
      }),
    ]) {
      new Slots(storage, 'provision').write(encodeUtf8(text))
      deepEqual(new ProvisionStore(storage).values, {}, text)
    }
    equal(new ProvisionStore(storage).update(ALL), undefined)
    deepEqual(new ProvisionStore(storage).values, ALL)
  })

  it('stays as it was where flash does not take another', () => {
    const storage = new FullStorage()
    storage.isFull = true
    const store = new ProvisionStore(storage)
    ok(store.update(ALL))
    deepEqual(store.values, {})
  })
})
