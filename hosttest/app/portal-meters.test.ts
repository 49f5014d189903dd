// node only
import { deepEqual, equal } from 'node:assert/strict'
import { PortalMeters } from '../../modules/app/portal-meters.js'
import { fromHex } from '../../modules/codec/hex.js'
import { RadioMeters } from '../../modules/radio/radio-meters.js'
import { SettingsStore } from '../../modules/storage/settings-store.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { testClock } from '../support/clock.js'

const KEY = '000102030405060708090a0b0c0d0e0f'
const OTHER = 'ff0102030405060708090a0b0c0d0e0f'

/** What looks like a meter and is none. */
const OTHERS = [
  '',
  `5555555:${KEY}0`,
  `555555555${KEY}`,
  `5555555a:${KEY}`,
  `55555555:${KEY.slice(1)}`,
  `55555555:${KEY.slice(1)}g`,
  `55555555:${KEY.slice(2)}😀`,
  `５5555555:${KEY}`,
]

/** A device with these stored meters, and somebody who changes them. */
function setUp(waterMeters: readonly string[]) {
  const clock = testClock()
  const settings = new SettingsStore({ storage: new MemoryStorage(), clock })
  settings.update({ waterMeters })
  let listed = 0
  const water = new RadioMeters({
    clock,
    crypto: nodeCrypto,
    storage: new MemoryStorage(),
    meters() {
      listed++
      return settings.values.waterMeters.map((text) => ({ id: text.slice(0, 8), key: fromHex(text.slice(9))! }))
    },
    headers: () => [],
    onReading() {},
    onInfo() {},
  })
  let changes = 0
  const meters = new PortalMeters({ clock, settings, water, builtIn: [] }, () => changes++)
  return {
    clock,
    meters,
    stored: () => settings.values.waterMeters,
    read: () => water.meters.map(({ id }) => id),
    changes: () => changes,
    listed: () => listed,
  }
}

describe('the list of radio meters in the portal', () => {
  it('is stored at once, and read in the next turn, once for all changes', async () => {
    const { clock, meters, stored, read, changes, listed } = setUp([`11111111:${KEY}`])
    deepEqual(read(), ['11111111'])
    const before = listed()
    meters.set('22222222', fromHex(KEY)!)
    meters.set('11111111', fromHex(OTHER)!)
    meters.remove('22222222')
    meters.set('33333333', fromHex(KEY)!)
    deepEqual(stored(), [`11111111:${OTHER}`, `33333333:${KEY}`])
    deepEqual([read(), changes(), listed()], [['11111111'], 0, before])
    await clock.run(1)
    deepEqual([read(), changes(), listed()], [['11111111', '33333333'], 1, before + 1])
  })

  it('is read before the device closes', async () => {
    const { clock, meters, read, changes } = setUp([`11111111:${KEY}`])
    deepEqual(read(), ['11111111'])
    meters.remove('11111111')
    meters.close()
    deepEqual(read(), [])
    await clock.run(1)
    equal(changes(), 0)
  })

  it('tells the header apart from what is said of the key', () => {
    const key = (verdict: string) => {
      const water = { meters: [{ id: '11111111', key: verdict }] } as unknown as RadioMeters
      const settings = new SettingsStore({ storage: new MemoryStorage(), clock: testClock() })
      const [meter] = new PortalMeters({ clock: testClock(), settings, water, builtIn: [] }, () => {}).state()!
      return [meter!.key, meter!.header]
    }
    deepEqual(key('unknown header 09AF'), ['unknown header', '09AF'])
    deepEqual(key('header not confirmed 1234'), ['header not confirmed', '1234'])
    for (const verdict of ['not heard', 'other mode', 'right', '', 'header 09af', 'header 09AFF', 'header 9AF', '09AF'])
      deepEqual(key(verdict), [verdict, undefined])
  })

  it('loses what is no meter with the next change, and nothing by a number that is none', () => {
    const { meters, stored } = setUp([`11111111:${KEY}`, '2222', `33333333:${KEY}x`, ` 44444444:${KEY}`, ...OTHERS])
    meters.remove('')
    deepEqual(stored(), [`11111111:${KEY}`])
    meters.remove('1111')
    meters.remove(`11111111:${KEY}`)
    deepEqual(stored(), [`11111111:${KEY}`])
  })
})
