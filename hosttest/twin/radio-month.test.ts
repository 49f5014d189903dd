// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { seededRandom } from '../../twin/random.js'
import { POWER_ON, testTwin } from '../../twin/virtual.js'
import type { SentTelegram } from '../../twin/water-meter.js'
import { parts, VERIFIES } from '../support/parts.js'

const ID = '12345678'
const METERS = `${ID}:000102030405060708090a0b0c0d0e0f,87654321:0f0e0d0c0b0a09080706050403020100`
const MINUTE = 60_000
const DAY = 86_400_000

/** The longest time between two samples: a minute, and as long as the next telegram can take. */
const LONGEST_GAP = 60_000 + 16_600 + 1_000

interface Fault {
  readonly from: number
  readonly to: number
}

/** Each part has faults of its own; the month shows what grows or wears out. */
const RUNS = [
  ...parts(30).map(({ part, name }) => ({ seed: part, days: 1, name: `a day, ${name},` })),
  ...(VERIFIES ? [{ seed: 30, days: 30, name: '30 days' }] : []),
]

describe('with radio meters', () => {
  for (const { seed, days, name } of RUNS) {
    it(`${name} has no wrong sample, and none is missing while the link was up`, async () => {
      const sent = new Map<string, SentTelegram[]>()
      const device = testTwin(
        { FLOWIQ: '1', WATER_METERS: METERS },
        {
          seed,
          strangers: 2,
          onSent: (id, telegram) => sent.set(id, [...(sent.get(id)?.slice(-400) ?? []), telegram]),
        },
      )
      const { clock, twin, broker } = device
      const concentrator = twin.concentrator!
      const random = seededRandom(seed)
      /** Nothing can come through in these times, and a while after them until the link is up again. */
      const down: Fault[] = [{ from: 0, to: 20_000 }]
      const wrong: string[] = []
      const last = new Map<string, number>()
      let samples = 0
      let gaps = 0

      function check(): void {
        for (const { kind, serial, time, text } of device.messages('sample')) {
          equal(kind, 'sample')
          samples++
          const at = time * 1000 - POWER_ON
          const litres = Number(/v1=([0-9.]+) m3/.exec(text)?.[1]) * 1000
          const telegram = sent
            .get(serial)
            ?.find((it) => Math.abs(it.at - at) <= 2_500 && it.display.litres === Math.round(litres))
          if (telegram === undefined || /NaN|undefined|null/.test(text)) wrong.push(`${serial} ${at} ${text}`)
          const before = last.get(serial) ?? 0
          const gap = at - before
          if (last.has(serial) && gap < MINUTE - 1_000)
            wrong.push(`${serial} ${at}: only ${gap} ms after the one before`)
          if (gap > LONGEST_GAP && !down.some(({ from, to }) => from < at && to > before)) {
            gaps++
            wrong.push(`${serial}: nothing between ${before} and ${at}`)
          }
          last.set(serial, at)
        }
        broker.messages.length = 0
      }

      twin.start()
      let end = 0
      while (clock.now() < days * DAY) {
        const start = clock.now()
        const fault = Math.floor(random() * 6)
        const length = (1 + Math.floor(random() * 20)) * MINUTE
        // The link comes back after a search: at most 60 s of back-off and a minute between searches.
        const recovery = 130_000
        if (fault === 0) {
          concentrator.loseLink()
          end = start + recovery
        } else if (fault === 1) {
          concentrator.inRange = false
          clock.set(() => {
            concentrator.inRange = true
          }, length)
          end = start + length + recovery
        } else if (fault === 2) {
          concentrator.faults.silent = true
          clock.set(() => {
            concentrator.faults.silent = false
          }, length)
          end = start + length + recovery + 310_000
        } else if (fault === 3) {
          twin.powerCut(length)
          end = start + length + recovery
        } else if (fault === 4) {
          concentrator.powerCycle()
          end = start + recovery
        } else {
          concentrator.faults.bitErrors = 0.0005
          clock.set(() => {
            concentrator.faults.bitErrors = 0
          }, length)
          end = start + length + recovery
        }
        down.push({ from: start - LONGEST_GAP, to: end })
        if (down.length > 20) down.shift()
        // Check often enough that what was sent is still at hand.
        const next = end + Math.floor(random() * 12 * 60) * MINUTE
        while (clock.now() < next) {
          await clock.run(Math.min(60 * MINUTE, next - clock.now()))
          check()
        }
      }
      deepEqual(wrong.slice(0, 5), [])
      equal(gaps, 0)
      ok(samples > 2_000 * days, `${samples} samples`)
    })
  }
})
