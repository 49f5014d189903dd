import { Concentrator } from '../modules/ble/concentrator.js'
import { fromHex } from '../modules/codec/hex.js'
import { RadioMeters } from '../modules/radio/radio-meters.js'
import { VirtualClock } from '../twin/clock.js'
import { SimulatedConcentrator } from '../twin/concentrator.js'
import { nodeCrypto } from '../twin/crypto.js'
import { MemoryStorage } from '../twin/memory-storage.js'
import { RadioField } from '../twin/radio-field.js'
import { seededRandom } from '../twin/random.js'
import { printTable } from './table.js'

const HOURS = 24
const AUDIBLE = 331
const OWN = { id: '12345678', key: fromHex('000102030405060708090a0b0c0d0e0f')! }
/** Telegrams a second; each meter sends one every 16 s. */
const RATE = AUDIBLE / 16

/** The share that a real concentrator passed on with so many meters around it: 11 records a second. */
const SHARE = 11 / RATE

const random = seededRandom(1)
const clock = new VirtualClock(async () => {})
const ble = new SimulatedConcentrator({ clock, random })
const storage = new MemoryStorage()
let records = 0
let samples = 0
const meters = new RadioMeters({
  clock,
  storage,
  crypto: nodeCrypto,
  headers: () => [],
  meters: () => [OWN],
  onReading: () => samples++,
  onInfo() {},
})
const concentrator = new Concentrator({
  clock,
  ble,
  random,
  name: () => 'VW1871-',
  onTelegram: (record, age) => {
    records++
    meters.hear(record, age)
  },
  onBattery() {},
  log() {},
})
new RadioField({
  clock,
  random,
  own: [OWN],
  strangers: AUDIBLE - 1,
  hear: (frame, rssi) => {
    // A receiver often misses weak telegrams.
    if (frame[7] === 0x12 || random() < SHARE) ble.receiver.hear(frame, rssi)
  },
})
concentrator.resume()

function heap(): number {
  ;(globalThis as { gc?: () => void }).gc?.()
  return process.memoryUsage().heapUsed / 1024
}

const rows: [string, string, string, string][] = []
const start = performance.now()
for (let hour = 0; hour <= HOURS; hour++) {
  if ([1, 12, HOURS].includes(hour))
    rows.push([`hour ${hour}`, String(records), String(samples), `${heap().toFixed(0)} kB`])
  await clock.run(3_600_000)
}
printTable(
  `A site with ${AUDIBLE} audible meters, one of them ours, in ${((performance.now() - start) / 1000).toFixed(0)} s`,
  ['', 'records', 'samples of ours', 'heap of Node, the simulated site included'],
  rows,
)
