import { equal, ok } from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parts } from '../support/parts.js'
import { bundle, run } from './machine.js'
import { needsMachine } from './needs-machine.js'

const HOSTTEST = fileURLToPath(new URL('..', import.meta.url))
const MODULES = fileURLToPath(new URL('../../modules', import.meta.url))

/** Suites that only make sense with Node say so in their first line. */
const NODE_ONLY = '// node only'
/** A bundle is one function with the variables of all its modules, which the device never has on its stack. */
const WIDE_STACK = ['-s', '4096']
/** Garbage is collected every now and then, not whenever a few slots are used up. */
const FEW_COLLECTIONS = ['-g', '200']
/** All of the firmware that is not made for the SDK; `app`, which puts it together, runs on the board rig. */
const FOLDERS = readdirSync(MODULES).filter(
  (folder) => folder !== 'app' && folder !== 'device' && existsSync(join(HOSTTEST, folder)),
)

/** Half a minute each, so their tests are dealt out to so many parts. */
const LONG = ['delivery/journal/journal.test.ts', 'delivery/journal/session.test.ts']
const PARTS = 4

describe('on the real XS engine', function () {
  const machine = needsMachine(this)

  for (const folder of FOLDERS) {
    for (const name of suitesOf(folder)) {
      const path = join(HOSTTEST, folder, name)
      if (readFileSync(path, 'utf8').startsWith(NODE_ONLY)) continue
      const shares = LONG.includes(`${folder}/${name}`)
        ? parts(PARTS).map((share) => ({ takes: `index % ${PARTS} === ${share.part}`, title: `, ${share.name}` }))
        : [{ takes: 'true', title: '' }]
      for (const { takes, title } of shares)
        it(`${folder}/${name} passes${title}`, async function () {
          const script = await bundle(
            `import { report } from './xs/shim/mocha.ts'; import './${folder}/${name}'; report((index) => ${takes})`,
            HOSTTEST,
          )
          const lines = run(machine.engine, script, ...WIDE_STACK, ...FEW_COLLECTIONS)
            .trim()
            .split('\n')
          equal(lines.pop(), 'end')
          ok(lines.length > 0, 'no test ran')
          if (lines.every((line) => line.startsWith('skipped'))) this.skip()
          equal(lines.filter((line) => line.startsWith('failed')).join('\n'), '')
        })
    }
  }
})

function suitesOf(folder: string): string[] {
  return readdirSync(join(HOSTTEST, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .sort()
}
