import { type Arrival, openStore } from '../bridge/store/store.js'
import { House } from './support/house.js'

/**
 * `tsx bench/web-database.ts URL [DEVICES [DAYS]]`: fills a database with minutes of the last days, a year of 20 devices by
 * default, which are ten million, for `bench/web.ts` and for a look at the pages. A house has a winter, warm water and gaps; the other devices
 * have its samples too.
 */
const BATCH = 2000
const MINUTE = 60

const [url = '', devices = '20', days = '366'] = process.argv.slice(2)
if (url === '') throw new Error('expected a URL')

const now = Math.floor(Date.now() / 1000)
const first = now - Number(days) * 86_400

const store = await openStore(url)
const [serial, ...others] = Array.from({ length: Number(devices) }, (_, i) => String(7_000_001 + i))
const house = new House(serial!)
let batch: Arrival[] = []
for (let time = first; time < now; time += MINUTE) {
  const arrival = house.at(time)
  const [day, hour] = [Math.floor(time / 86_400), (time % 86_400) / 3600]
  // One day in 50 has a gap of hours, and one in 30 waits in the device until the afternoon.
  const isLate = day % 30 === 11 && hour > 8 && hour < 13
  if (day % 50 !== 7 || hour < 2 || hour > 6.5)
    batch.push(isLate ? { ...arrival, receivedAt: (day * 24 + 13) * 3_600_000 } : arrival)
  if (batch.length < BATCH) continue
  await store.write(batch)
  batch = []
}
await store.write(batch)
// To copy takes a tenth of the time.
for (const other of others)
  for (const table of ['samples', 'hours', 'days']) {
    const [row] = await store.rows(`SELECT * FROM ${table} LIMIT 1`)
    const columns = Object.keys(row!).filter((name) => name !== 'serial')
    await store.rows(
      `INSERT INTO ${table} (serial, ${columns}) SELECT '${other}', ${columns} FROM ${table} WHERE serial = '${serial}'`,
    )
  }
for (const [i, one] of [serial!, ...others].entries()) {
  const told = (kind: string, text: string) => ({ serial: one, kind, time: now, text, receivedAt: now * 1000 })
  const valve = i % 4 === 3 ? 'close' : 'open'
  const facts = [told('version', '0.1.0-esp32-KMP-THERMO_NC'), told('status', valve), told('rssi', String(-50 - i))]
  await store.write(facts)
}
await store.close()
