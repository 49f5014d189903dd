// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { parts } from '../support/parts.js'
import { needsMachine } from '../xs/needs-machine.js'
import { runBoard } from './run.js'

/** Suites of the twin that a board runs too. */
const SUITES = [
  'app/outage',
  'app/firmware',
  'app/meters',
  'control/commands',
  'control/wifi',
  'control/cron/cron',
  'control/valve/valve',
  'control/receiver',
] as const
/** A suite for a board with BLE. */
const RADIO = ['app/radio-meter-commands'] as const
/** Whose tests are dealt out to so many parts, one by one: no more parts than tests, or one of them tries nothing. */
const PARTS = 16
const RADIO_PARTS = 4

/** What a board shows in another way than the twin, by the beginning of the test's name, and why. */
const OTHERWISE: readonly (readonly [test: string, why: string])[] = [
  [
    'the valve, blinks fast while open',
    'the light also tells of the set-up network, which the twin of the tests has not',
  ],
  ['an impulse meter in the firmware, flashes its light', 'the light also tells of the set-up network'],
  [
    'a new Wi-Fi network, that is not in range leaves',
    'a board notices in 6 s that a network is gone, and waits 2 s for IPv6',
  ],
  ['the fallback network, is off by default', 'a board notices in 6 s that a network is gone, and waits 2 s for IPv6'],
  ['network_quality, tells how long the broker takes', 'the way to the broker takes 40 ms here'],
]

describe('on a board', function () {
  // A test of the parts runs for days of the board.
  this.timeout(1_800_000)
  needsMachine(this)

  for (const { part, name } of parts(PARTS)) it(`suites of the twin pass, ${name}`, () => passes(SUITES, part, PARTS))
  for (const { part, name } of parts(RADIO_PARTS))
    it(`a suite of the twin with radio meters passes, ${name}`, () =>
      passes(RADIO, part, RADIO_PARTS, 'manifests/devkit-ble.json'))
})

async function passes(suites: readonly string[], part: number, count: number, manifest?: string): Promise<void> {
  const { lines } = await runBoard({
    ...(manifest === undefined ? {} : { manifest }),
    world: `import '../xs/shim/buffer.ts'
import { report } from '../xs/shim/mocha.ts'
${suites.map((suite) => `import '../${suite}.test.ts'`).join('\n')}
report((index) => index % ${count} === ${part})`,
  })
  equal(lines.at(-1), 'end')
  const results = lines.filter((line) => /^(passed|failed) /.test(line))
  ok(
    results.some((line) => line.startsWith('passed')),
    'no test ran',
  )
  const failed = results.filter((line) => line.startsWith('failed'))
  // The inside of the firmware and what only the twin can be given end a test with `not on a board`.
  const isKnown = (line: string) =>
    line.includes(': not on a board: ') || OTHERWISE.some(([test]) => line.startsWith(`failed ${test}`))
  deepEqual(
    failed.filter((line) => !isKnown(line)),
    [],
  )
}
