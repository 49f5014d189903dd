// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { needs } from '../support/needs.js'
import { buildMachine, missingCompiler } from '../xs/machine.js'
import { runBoard } from './run.js'

/** Suites of the twin that a board runs too, by the manifest it is built from, and how many of their tests it cannot show. */
const SUITES: readonly (readonly [suite: string, notOnBoard: number])[] = [
  ['app/application', 2],
  ['app/meters', 0],
  ['app/outage', 0],
  ['command/commands', 0],
  ['cron/cron', 0],
  ['valve/valve', 0],
]

/** The tests of a suite on a board: each line says what became of one. */
export async function runSuite(suite: string, manifest = 'manifest.json'): Promise<readonly string[]> {
  const { lines } = await runBoard({
    manifest,
    flags: { DEBUG: '1' },
    world: `import '../xs/shim/buffer.ts'; import { report } from '../xs/shim/mocha.ts'; import '../${suite}.test.ts'; report()`,
  })
  equal(lines.at(-1), 'end')
  return lines.slice(0, -1)
}

describe('on a board', function () {
  this.timeout(600_000)
  before(function () {
    needs(this, missingCompiler())
    buildMachine()
  })

  for (const [suite, notOnBoard] of SUITES) {
    it(`${suite} passes`, async () => {
      const lines = await runSuite(suite)
      ok(
        lines.some((line) => line.startsWith('passed')),
        'no test ran',
      )
      const failed = lines.filter((line) => line.startsWith('failed'))
      const absent = failed.filter((line) => line.includes(': not on a board: '))
      deepEqual(
        failed.filter((line) => !absent.includes(line)),
        [],
      )
      equal(absent.length, notOnBoard, absent.join('\n'))
    })
  }
})
