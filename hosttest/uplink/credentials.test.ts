import { deepEqual } from 'node:assert/strict'
import { SettingsStore } from '../../modules/storage/settings-store.js'
import { candidatesOf, confirmed, withCredentials } from '../../modules/uplink/credentials.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { testClock } from '../support/clock.js'

/** A device that is at home, and what is told to it; what it would join then, in order. */
function after(...changes: readonly Parameters<typeof withCredentials>[1][]): string[] {
  const store = new SettingsStore({ storage: new MemoryStorage(), clock: testClock() })
  store.update({ ssid: 'home', password: 'p' })
  for (const change of changes) store.update(withCredentials(store.values, change))
  return candidatesOf(store.values).map(({ choice, ssid, password }) => `${choice} ${ssid} ${password}`)
}

describe('new credentials', () => {
  it('become the first choice, and the ones before stay', () => {
    deepEqual(after({ ssid: 'new', password: 'q' }), ['first new q', 'previous home p'])
  })

  it('can be corrected as often as it takes: what has worked stays', () => {
    deepEqual(after({ ssid: 'new', password: 'typo' }, { password: 'q' }, { ssid: 'New' }), [
      'first New q',
      'previous home p',
    ])
  })

  it('that are the ones before again leave only those', () => {
    deepEqual(after({ ssid: 'new', password: 'q' }, { ssid: 'home', password: 'p' }), ['first home p'])
    deepEqual(after({ ssid: 'home' }), ['first home p'])
  })

  it('are alone in a device that had none', () => {
    const store = new SettingsStore({ storage: new MemoryStorage(), clock: testClock() })
    deepEqual(candidatesOf(store.values), [])
    store.update(withCredentials(store.values, { ssid: 'home', password: 'p' }))
    deepEqual(candidatesOf(store.values), [{ choice: 'first', ssid: 'home', password: 'p' }])
  })

  it('need no other once the broker was reached by them, and only then', () => {
    const store = new SettingsStore({ storage: new MemoryStorage(), clock: testClock() })
    store.update({ ssid: 'new', password: 'q', previousSsid: 'home', fallbackSsid: 'phone' })
    store.update(confirmed('previous'))
    deepEqual(
      candidatesOf(store.values).map(({ choice }) => choice),
      ['first', 'previous', 'fallback'],
    )
    store.update(confirmed('first'))
    deepEqual(
      candidatesOf(store.values).map(({ choice }) => choice),
      ['first', 'fallback'],
    )
  })
})
