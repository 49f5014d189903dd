import { spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { printTable } from '../bench/table.js'

/**
 * `npm run test:slow`: runs each test file alone and writes the names of those that use the processor for longer than
 * `LIMIT` seconds to `hosttest/slow.json`, the slowest first. It measures processor time, children included, because a
 * busy computer does not change that. It takes some minutes; run it on a computer that has nothing else to do.
 */
const LIMIT = 2.5
const OUTPUT = 'hosttest/slow.json'

const used = readdirSync('hosttest', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => ({ name: name.replace(/\.test\.ts$/, ''), seconds: processorSeconds(`hosttest/${name}`) }))
  .sort((a, b) => b.seconds - a.seconds)
const slow = used.filter(({ seconds }) => seconds > LIMIT)
writeFileSync(
  OUTPUT,
  `${JSON.stringify(
    slow.map(({ name }) => name),
    null,
    2,
  )}\n`,
)
printTable(
  `Seconds of the processor, of ${cpus()[0]?.model}`,
  ['', 's'],
  used.map(({ name, seconds }) => [name, seconds.toFixed(1)]),
)

/** The shell counts the children of a program too; Node counts only itself. */
function processorSeconds(file: string): number {
  const { status, stderr } = spawnSync('bash', ['-c', 'TIMEFORMAT="%U %S"; time npx mocha "$0" >/dev/null', file], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  if (status !== 0) throw new Error(`${file} fails: ${stderr}`)
  const [user = 0, system = 0] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number)
  return user + system
}
