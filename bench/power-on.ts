import { testTwin } from '../twin/virtual.js'
import { printTable } from './table.js'

/** Portal for 120 s, then joining, SNTP, broker and the first reading (spec of the original, life cycle). */
const ORIGINAL = 122

const { clock, twin, messages } = testTwin()
twin.start()
await clock.run(60_000, () => messages('sample').length > 0)
const first = messages('sample')[0]!.at / 1000
printTable(
  'Power-on to the first published sample: Wi-Fi join 1.5 s, SNTP 0.5 s, round trip 20 ms',
  ['', 's', 'of the original'],
  [
    ['MeterLogger', first.toFixed(2), (first / ORIGINAL).toFixed(3)],
    ['the original, at least', ORIGINAL.toFixed(2), '1.000'],
  ],
)
