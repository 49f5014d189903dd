import { type Arrival, openStore } from '../bridge/store/store.js'

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

/** A house that needs more heat the colder it is, and warm water in the morning and in the evening. */
class House {
  #serial: string
  #wh = 12_345_678n
  #ml = 345_678_000n

  constructor(serial: string) {
    this.#serial = serial
  }

  at(time: number): Arrival | undefined {
    const hour = (time % 86_400) / 3600
    const cold = 0.5 + 0.5 * Math.cos((2 * Math.PI * (time - 1_768_435_200)) / (365.25 * 86_400))
    const tap = Math.max(0, Math.sin((hour - 5) * 2)) * (hour > 5 && hour < 8 ? 1 : hour > 17 && hour < 20 ? 0.6 : 0)
    const wobble = Math.sin(time / 900) * 0.1 + Math.sin(time / 7000) * 0.15
    const watts = Math.max(0, Math.round(300 + 6500 * cold * (1 + wobble) + 6000 * tap))
    const cooling = 15 + 18 * cold + 6 * tap + 3 * wobble
    const liters = Math.round((watts / cooling) * 0.86)
    this.#wh += BigInt(Math.round(watts / 60))
    this.#ml += BigInt(Math.round((liters * 1000) / 60))
    const there = 58 + 14 * cold + 2 * wobble
    // One day in 50 has a gap of hours, and one in 30 waits in the device until the afternoon.
    const day = Math.floor(time / 86_400)
    if (day % 50 === 7 && hour > 2 && hour < 6.5) return undefined
    const isLate = day % 30 === 11 && hour > 8 && hour < 13
    const text = `heap=21376&t1=${there.toFixed(2)} C&t2=${(there - cooling).toFixed(2)} C&tdif=${cooling.toFixed(2)} K&flow1=${liters} l/h&effect1=${(watts / 1000).toFixed(1)} kW&hr=${Math.floor(time / 3600) - 420_000} h&v1=${thousandths(this.#ml / 1000n)} m3&e1=${thousandths(this.#wh)} kWh&`
    const received = isLate ? Math.floor(time / 86_400) * 86_400 + 13 * 3600 : time + 1
    return { serial: this.#serial, kind: 'sample', time, text, receivedAt: received * 1000 }
  }
}

function thousandths(value: bigint): string {
  const digits = String(value).padStart(4, '0')
  return `${digits.slice(0, -3)}.${digits.slice(-3)}`
}

const store = await openStore(url)
const [serial, ...others] = Array.from({ length: Number(devices) }, (_, i) => String(7_000_001 + i))
const house = new House(serial!)
let batch: Arrival[] = []
for (let time = first; time < now; time += MINUTE) {
  const arrival = house.at(time)
  if (arrival !== undefined) batch.push(arrival)
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
