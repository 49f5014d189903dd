import { spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { printTable } from '../bench/table.js'

/**
 * `npm run test:slow`: runs each test file alone and writes the names of the slow ones to `hosttest/slow.json`, the slowest
 * first. It measures processor time, children included, because a busy computer does not change that much. The cheapest
 * file does little but start, so its time is subtracted.
 */
const LIMIT = 3
const OUTPUT = 'hosttest/slow.json'

const measured = readdirSync('hosttest', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => ({ name: name.replace(/\.test\.ts$/, ''), seconds: processorSeconds(`hosttest/${name}`) }))
  .sort((a, b) => b.seconds - a.seconds)
const start = measured.at(-1)!.seconds
const slow = measured.filter(({ seconds }) => seconds - start > LIMIT).map(({ name }) => name)
writeFileSync(OUTPUT, `${JSON.stringify(slow, null, 2)}\n`)
printTable(
  `Processor time of each test file (${cpus()[0]?.model})`,
  ['', 's'],
  measured.map(({ name, seconds }) => [name, (seconds - start).toFixed(1)]),
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
