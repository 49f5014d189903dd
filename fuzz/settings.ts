import { deepEqual, equal } from 'node:assert/strict'
import { hosted } from '../hosttest/support/hosted.js'
import { Cron } from '../modules/control/cron/cron.js'
import { parseHeaders } from '../modules/radio/header-list.js'
import { parseMeters } from '../modules/radio/meter-list.js'
import { SettingsStore } from '../modules/storage/settings-store.js'
import { Slots } from '../modules/storage/slots.js'
import { candidatesOf } from '../modules/uplink/credentials.js'
import { MemoryStorage } from '../twin/memory-storage.js'

const CLOCK = { now: () => 0, set: () => undefined, clear() {} }
const DEFAULTS = new SettingsStore({ storage: new MemoryStorage(), clock: CLOCK }).values

/** Bytes that are no record change nothing. Values that a record holds have the types that the firmware counts on. */
export default function settings(bytes: Uint8Array): void {
  const raw = new MemoryStorage()
  raw.write('settings.a', bytes)
  raw.write('settings.b', bytes.subarray(1))
  check(raw)
  const whole = new MemoryStorage()
  equal(new Slots(whole, 'settings').write(bytes), undefined)
  deepEqual(new Slots(whole, 'settings').read(), bytes)
  check(whole)
}

function check(storage: MemoryStorage): void {
  const store = new SettingsStore({ storage, clock: CLOCK })
  const { values } = store
  deepEqual(Object.keys(values), Object.keys(DEFAULTS))
  for (const [name, standard] of Object.entries(DEFAULTS)) {
    const value = values[name as keyof typeof values]
    equal(typeof value, typeof standard, name)
    if (Array.isArray(standard))
      equal(
        (value as string[]).every((item) => typeof item === 'string'),
        true,
      )
  }
  candidatesOf(values)
  parseMeters(values.waterMeters.join())
  parseHeaders(values.radioHeaders)
  hosted(Cron, {
    clock: CLOCK,
    settings: store,
    wallClock: { exact: () => 1_800_000_000 },
    commands: [],
    runJob() {},
    act() {},
  }).wait()
  store.update({ limit: values.limit + 1 })
  deepEqual(new SettingsStore({ storage, clock: CLOCK }).values, JSON.parse(JSON.stringify(store.values)))
}
