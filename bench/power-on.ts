import { testTwin } from '../twin/virtual.js'
import { printTable } from './table.js'

/** The original shows its portal for 120 s, then joins, asks for the time, connects and reads the meter. */
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
