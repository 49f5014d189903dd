import { deepEqual, equal, ok } from 'node:assert/strict'
import { encodeUtf8 } from '../../modules/codec/utf8.js'
import type { Settings } from '../../modules/storage/settings.js'
import { SettingsStore } from '../../modules/storage/settings-store.js'
import { type SlotError, Slots } from '../../modules/storage/slots.js'
import { WriteBudget } from '../../modules/storage/write-budget.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { testClock } from '../support/clock.js'
import { FullStorage } from '../support/full-storage.js'

const NETWORK = { ssid: 'Hjemmenet Ærø', password: 'kodeord1' }

function open(storage: MemoryStorage, clock = testClock(), onFlashError?: (error: SlotError) => void): SettingsStore {
  return new SettingsStore({ storage, clock, onFlashError })
}

describe('the settings', () => {
  it('come back after power-off', () => {
    const storage = new MemoryStorage()
    open(storage).update({ ...NETWORK, mqttPort: 8883, cron: ['* * * * * open'] })
    const { values } = open(storage)
    equal(values.ssid, NETWORK.ssid)
    equal(values.password, NETWORK.password)
    equal(values.mqttPort, 8883)
    deepEqual(values.cron, ['* * * * * open'])
  })

  it('are written only when something is different', () => {
    const storage = new MemoryStorage()
    const store = open(storage)
    equal(storage.writes('settings'), 0)
    ok(store.update(NETWORK))
    ok(!store.update(NETWORK))
    ok(!open(storage).update(NETWORK))
    equal(storage.writes('settings'), 1)
  })

  it('that can wait are written once, 2 s after the last change', async () => {
    const storage = new MemoryStorage()
    const clock = testClock()
    const store = open(storage, clock)
    store.updateLater({ valveOpen: true })
    await clock.run(1_500)
    store.updateLater({ cron: ['* * * * * close'] })
    await clock.run(1_900)
    equal(storage.writes('settings'), 0)
    await clock.run(200)
    equal(storage.writes('settings'), 1)
    equal(open(storage).values.valveOpen, true)
  })

  it('that can wait are not put off by what is the same', async () => {
    const storage = new MemoryStorage()
    const clock = testClock()
    const store = open(storage, clock)
    store.updateLater({ cron: ['* * * * * open'] })
    await clock.run(1_500)
    store.updateLater({ cron: ['* * * * * open'] })
    await clock.run(600)
    equal(storage.writes('settings'), 1)
  })

  it('that are lists are written when another text, or another number of them, is in the list', () => {
    const storage = new MemoryStorage()
    const store = open(storage)
    equal(store.update({ waterMeters: [] }), false)
    for (const waterMeters of [['a', 'b'], ['a', 'c'], ['b', 'c'], ['b'], ['b', 'c'], ['c', 'b'], []]) {
      ok(store.update({ waterMeters }), `${waterMeters}`)
      equal(store.update({ waterMeters: [...waterMeters] }), false, `${waterMeters} again`)
      deepEqual(open(storage).values.waterMeters, waterMeters)
    }
    equal(storage.writes('settings'), 7)
  })

  it('that changed and changed back within 2 s are not written', async () => {
    const storage = new MemoryStorage()
    const clock = testClock()
    const store = open(storage, clock)
    store.updateLater({ valveOpen: true })
    store.updateLater({ valveOpen: false })
    await clock.run(10_000)
    equal(storage.writes('settings'), 0)
  })

  it('that can wait go along with what cannot', async () => {
    const storage = new MemoryStorage()
    const clock = testClock()
    const store = open(storage, clock)
    store.updateLater({ valveOpen: true })
    store.update(NETWORK)
    await clock.run(10_000)
    equal(storage.writes('settings'), 1)
    equal(open(storage).values.valveOpen, true)
  })

  it('keep a default where a stored value is missing or of another kind', () => {
    const storage = new MemoryStorage()
    const stored = { mqttPort: '1884', ssid: 'x', cron: [1], unknown: 1 }
    new Slots(storage, 'settings').write(encodeUtf8(JSON.stringify(stored)))
    const { values } = open(storage)
    equal(values.mqttPort, 1883)
    equal(values.ssid, 'x')
    deepEqual(values.cron, [])
    ok(!('unknown' in values))
    new Slots(storage, 'settings').write(encodeUtf8('{"ssid":5,"apEnabled":0,"valveOpen":"true","zone":null}'))
    const { ssid, apEnabled, valveOpen, zone } = open(storage).values
    deepEqual([ssid, apEnabled, valveOpen, zone], ['', true, false, 'CET-1CEST,M3.5.0,M10.5.0/3'])
    new Slots(storage, 'settings').write(encodeUtf8('{"mqttPort":1e999,"limit":-1e999}'))
    deepEqual([open(storage).values.mqttPort, open(storage).values.limit], [1883, 0])
  })

  it('keep all defaults where what is stored is no object', () => {
    for (const text of ['null', '1', '"x"', '{', '', 'undefined', '[]']) {
      const storage = new MemoryStorage()
      new Slots(storage, 'settings').write(encodeUtf8(text))
      equal(open(storage).values.mqttPort, 1883, text)
    }
  })

  it('keep no list that is only partly of text', () => {
    const storage = new MemoryStorage()
    new Slots(storage, 'settings').write(encodeUtf8('{"cron":["* * * * * open",1],"waterMeters":["a","b"]}'))
    deepEqual(open(storage).values.cron, [])
    deepEqual(open(storage).values.waterMeters, ['a', 'b'])
  })

  it('are those of the original in a new device, with the valve closed', () => {
    const values: Settings = {
      serial: '',
      ssid: '',
      password: '',
      previousSsid: '',
      previousPassword: '',
      fallbackSsid: '',
      fallbackPassword: '',
      mqttHost: 'nabovarme.meterlogger.net',
      mqttPort: 1883,
      mqttUser: 'esp8266',
      mqttPassword: 'chah5Kai',
      mqttCertificate: '',
      mqttAnswered: false,
      previousMqttHost: '',
      previousMqttPort: 0,
      previousMqttUser: '',
      previousMqttPassword: '',
      previousMqttCertificate: '',
      apEnabled: true,
      apPassword: '',
      valveOpen: false,
      limit: 0,
      total: -1,
      totalSerial: '',
      impulseSerial: '',
      impulseStart: 0,
      impulsesPerUnit: 100,
      portalPassword: '',
      concentrator: 'VW1871-',
      waterMeters: [],
      radioHeaders: '',
      cron: [],
      zone: 'CET-1CEST,M3.5.0,M10.5.0/3',
    }
    deepEqual(open(new MemoryStorage()).values, values)
  })

  it('tell when flash does not hold what was written', () => {
    const storage = new MemoryStorage()
    const errors: SlotError[] = []
    const store = open(storage, testClock(), (error) => errors.push(error))
    store.update({ valveOpen: false, limit: 5 })
    equal(errors.length, 0)
    const write = storage.write.bind(storage)
    storage.write = (key, bytes) => write(key, bytes.slice().fill(0xff, 20, 30))
    store.update(NETWORK)
    equal(errors.length, 1)
    ok(errors[0]!.calculated !== errors[0]!.saved)
    ok(open(storage).update({ valveOpen: true }), 'and go on where nobody wants to know')
  })

  it('are all of the store, also before the first was stored', () => {
    const { values } = open(new MemoryStorage())
    // XS refuses to make JSON of what is preloaded, which on the device is what a module has frozen.
    for (const value of [values, values.cron, values.waterMeters]) ok(!Object.isFrozen(value))
    ok(values.cron !== open(new MemoryStorage()).values.cron)
  })
})

describe('the settings on a flash that is full', () => {
  const MINUTE = 60_000

  function full() {
    const storage = new FullStorage()
    const clock = testClock()
    const errors: SlotError[] = []
    const store = open(storage, clock, (error) => errors.push(error))
    store.update(NETWORK)
    storage.isFull = true
    return { storage, clock, errors, store }
  }

  it('are in force, and what was stored before stays whole however often it is attempted', async () => {
    const { storage, clock, errors, store } = full()
    for (const limit of [1, 2, 3]) ok(store.update({ limit }))
    await clock.run(60 * MINUTE)
    equal(store.values.limit, 3)
    equal(errors.length, storage.refused)
    ok(errors.length >= 3 + 5 && errors.length <= 3 + 6, `${errors.length} attempts`)
    deepEqual([open(storage).values.ssid, open(storage).values.limit], [NETWORK.ssid, 0])
  })

  it('are written within 10 minutes when there is room again, or with the next change', async () => {
    for (const isNext of [false, true]) {
      const { storage, clock, store } = full()
      store.update({ limit: 1 })
      await clock.run(15 * MINUTE)
      storage.isFull = false
      if (isNext) store.update({ valveOpen: true })
      else await clock.run(10 * MINUTE)
      const { values } = open(storage)
      deepEqual([values.limit, values.valveOpen], [1, isNext])
      const writes = storage.writes('settings')
      await clock.run(60 * MINUTE)
      equal(storage.writes('settings'), writes)
    }
  })

  it('are told of as refused until flash has taken something, also what must be stored before them', async () => {
    const { storage, clock, store } = full()
    equal(store.flash, 'works')
    store.update({ limit: 1 })
    equal(store.flash, 'refuses')
    storage.isFull = false
    await clock.run(10 * MINUTE)
    equal(store.flash, 'works')

    let isReady = false
    const behind = new SettingsStore({ storage, clock, beforeWrite: () => isReady })
    equal(behind.update({ limit: 2 }), false)
    equal(behind.flash, 'refuses')
    await clock.run(20 * MINUTE)
    equal(behind.flash, 'refuses')
    isReady = true
    await clock.run(10 * MINUTE)
    equal(behind.flash, 'works')
    const writes = storage.writes('settings')
    await clock.run(60 * MINUTE)
    equal(storage.writes('settings'), writes)
  })

  it('are told of as spared when too much was written of late', async () => {
    const storage = new MemoryStorage()
    const clock = testClock()
    const store = new SettingsStore({ storage, clock, budget: new WriteBudget(clock, () => {}) })
    let number = 0
    while (store.update({ fallbackSsid: `network-${++number}` }));
    deepEqual([store.flash, store.values.fallbackSsid], ['spent', `network-${number - 1}`])
    await clock.run(5 * MINUTE)
    equal(store.flash, 'works')
  })

  it('are attempted at once when a person asks for them once more, as often as the budget allows', () => {
    const { storage, store } = full()
    store.insist({ limit: 1 })
    store.insist({ limit: 1 })
    equal(storage.refused, 2)
    storage.isFull = false
    store.insist({ limit: 1 })
    equal(open(storage).values.limit, 1)
    const writes = storage.writes('settings')
    store.insist({ limit: 1 })
    equal(storage.writes('settings'), writes, 'flash has taken it')

    storage.isFull = true
    const clock = testClock()
    const budget = new WriteBudget(clock, () => {})
    const bounded = new SettingsStore({ storage, clock, budget })
    for (let i = 0; i < 300; i++) bounded.insist({ limit: 1 })
    ok(!budget.isSpent, 'what flash has taken costs nothing')
    const { refused } = storage
    for (let i = 0; i < 300; i++) bounded.insist({ limit: 2 })
    equal(storage.refused - refused, 160)
  })

  it('are as they were where flash does not take a reset, and change no more behind one but for what it keeps', async () => {
    const { storage, clock, store } = full()
    storage.isFull = false
    store.update({ limit: 1, ssid: 'Hjemme', cron: ['a'] })
    storage.isFull = true
    equal(store.reset(['limit']), false)
    deepEqual([store.values.ssid, store.isReset], ['Hjemme', false])
    storage.isFull = false
    await clock.run(60 * MINUTE)
    equal(open(storage).values.ssid, 'Hjemme')

    ok(store.reset(['limit']))
    equal(store.update({ ssid: 'Hjemme', limit: 2 }), true)
    equal(store.update({ ssid: 'Hjemme' }), false)
    store.updateLater({ cron: ['a', 'b'] })
    store.updateSlowly({ total: 7 })
    store.close()
    deepEqual(open(storage).values, { ...store.defaults, limit: 2 })
  })

  it('are attempted once more at the end and then no more', async () => {
    const { storage, clock, store } = full()
    store.update({ limit: 1 })
    store.close()
    equal(storage.refused, 2)
    await clock.run(60 * MINUTE)
    equal(storage.refused, 2)
  })
})

describe('a record in two slots', () => {
  const OLD = encodeUtf8('old record')
  const NEW = encodeUtf8('new record')

  function write(storage: MemoryStorage, bytes: Uint8Array): void {
    const slots = new Slots(storage, 'x')
    slots.read()
    slots.write(bytes)
  }

  it('is the old one or the new one, wherever a write is cut short', () => {
    const whole = new MemoryStorage()
    write(whole, OLD)
    write(whole, NEW)
    const slot = whole.read('x.a')!
    for (let cut = 0; cut <= slot.length; cut++) {
      const storage = new MemoryStorage()
      write(storage, OLD)
      storage.write('x.a', slot.subarray(0, cut))
      deepEqual(new Slots(storage, 'x').read(), cut === slot.length ? NEW : OLD)
    }
  })

  it('goes on in the torn slot', () => {
    const storage = new MemoryStorage()
    write(storage, OLD)
    storage.write('x.a', Uint8Array.of(1, 2, 3))
    write(storage, NEW)
    deepEqual(new Slots(storage, 'x').read(), NEW)
  })

  it('is refused with any bit flipped and at any other length', () => {
    const storage = new MemoryStorage()
    write(storage, OLD)
    const slot = storage.read('x.b')!
    for (let bit = 0; bit < 8 * slot.length; bit++) {
      const flipped = slot.slice()
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      storage.write('x.b', flipped)
      equal(new Slots(storage, 'x').read(), undefined)
    }
    for (let length = 0; length < slot.length; length++) {
      storage.write('x.b', slot.subarray(0, length))
      equal(new Slots(storage, 'x').read(), undefined)
    }
  })
})
