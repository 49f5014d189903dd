// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { parts } from '../support/parts.js'
import { needsMachine } from '../xs/needs-machine.js'
import { runBoard } from './run.js'

/** Suites of the twin that a board runs too. */
const QUICK = ['control/receiver', 'control/wifi', 'control/cron/cron', 'control/valve/valve'] as const
/** A suite for a board with BLE. */
const RADIO = 'app/radio-meter-commands'
/** Minutes each. */
const LONG = ['app/meters', 'control/commands', 'app/firmware', 'app/outage'] as const

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
  needsMachine(this)

  for (const suite of QUICK) it(`${suite} passes`, () => passes(suite))
  it(`${RADIO} passes`, () => passes(RADIO, 'manifests/devkit-ble.json'))
  for (const { part, name } of parts(LONG.length)) {
    const suite = LONG[part]!
    it(`${suite} passes, ${name}`, () => passes(suite))
  }
})

async function passes(suite: string, manifest?: string): Promise<void> {
  const { lines } = await runBoard({
    ...(manifest === undefined ? {} : { manifest }),
    world: `import '../xs/shim/buffer.ts'
import { report } from '../xs/shim/mocha.ts'
import '../${suite}.test.ts'
report()`,
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
