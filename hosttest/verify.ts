import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { printTable } from '../bench/table.js'

/**
 * `npm run verify [-- NAME...]`: runs everything that takes too long for every commit; `npm test` and CI try a part of it.
 * It takes hours and ends with a list of what it has run.
 */
const STEPS: Readonly<Record<string, readonly string[]>> = {
  tests: ['npx', 'mocha', '--parallel', '--timeout', '0', ...suitesInParts()],
  nodes: ['npm', 'run', 'test:nodes'],
  soak: ['npm', 'run', 'soak', '--', '--seed', '1', '--seeds', '10', '--days', '30'],
  'soak:xs': ['npm', 'run', 'soak:xs', '--', '--seed', '1', '--days', '30'],
  fuzz: ['npm', 'run', 'fuzz', '--', '--seed', '1', '--seconds', '300'],
  bench: ['npm', 'run', 'bench'],
  'site-memory': ['npx', 'tsx', 'bench/site-memory.ts'],
}

const asked = process.argv.slice(2)
const unknown = asked.find((name) => !(name in STEPS))
if (unknown !== undefined) {
  process.stderr.write(`expected some of ${Object.keys(STEPS).join(', ')}, got ${unknown}\n`)
  process.exit(2)
}

const rows: string[][] = []
for (const name of asked.length > 0 ? asked : Object.keys(STEPS)) {
  const [command = '', ...args] = STEPS[name]!
  console.log(`\n== ${name}: ${[command, ...args].join(' ')}`)
  const began = performance.now()
  const { status } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, VERIFY: 'all' } })
  if (status !== 0) process.exitCode = 1
  rows.push([name, `${((performance.now() - began) / 60_000).toFixed(1)}`, status === 0 ? 'passed' : 'failed'])
}
printTable('What was verified', ['', 'minutes', ''], rows)

/** The suites of which `npm test` tries a part. */
function suitesInParts(): string[] {
  return readdirSync('hosttest', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `hosttest/${name}`)
    .filter((file) => readFileSync(file, 'utf8').includes("support/parts.js'"))
}
