import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { buildMachine, bundle, engineHere, run } from '../../hosttest/xs/machine.js'
import { parseWhole } from '../../tools/options.js'
import { runScript } from '../../tools/script.js'
import type { Result } from './month.js'

interface Options {
  readonly seed: number
  readonly days: number
}

/** XS collects garbage every now and then, not whenever a few slots are used up. */
const OPTIONS = ['-s', '4096', '-g', '200']

const program = new Command('npm run soak:xs --')
  .description("the soak on the device's engine: memory in use after each day; takes 20 s a day")
  .option('--seed <n>', 'the seed', parseWhole('--seed', 0, 1e9), 1)
  .option('--days <n>', 'days of device time', parseWhole('--days', 1, 366), 30)
  .action(measure)

await runScript(program)

async function measure({ seed, days }: Options): Promise<void> {
  const engine = engineHere()
  if (typeof engine === 'string') throw new Error(engine)
  buildMachine(engine)
  const folder = fileURLToPath(new URL('.', import.meta.url))
  const script = await bundle(`import { play } from './month.ts'; void play(${seed}, ${days})`, folder)
  const { heap, violationCount, violations }: Result = JSON.parse(run(engine, script, ...OPTIONS))
  if (engine.bits !== 32) console.log('XS of 64 bits: this computer runs no programs for 32 bits')
  for (const [day, bytes] of heap.slice(0, -1).entries()) console.log(`day ${day + 1}: ${bytes} bytes`)
  console.log(`at rest: ${heap.at(-1)} bytes`)
  for (const violation of violations) console.log(violation)
  const growth = (100 * (heap.at(-1)! - heap[0]!)) / heap[0]!
  console.log(`seed ${seed}: ${growth.toFixed(2)} % from day 1 to day ${days}, ${violationCount} violations`)
  if (violationCount > 0 || growth > 1) process.exitCode = 1
}
