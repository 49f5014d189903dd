import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { Command } from 'commander'
import { parseWhole } from '../tools/options.js'
import { Progress, timeLeft } from '../tools/progress.js'
import { runScript } from '../tools/script.js'
import { heapUsed } from './heap-used.js'
import type { Outcome } from './outcome.js'
import { page } from './page.js'
import { Player } from './player.js'
import { failureLines, printReport } from './report.js'
import { makeSchedule } from './schedule.js'
import { type Shrunk, shrink } from './shrink.js'

interface Options {
  readonly seed: number
  readonly seeds: number
  readonly days: number
  readonly shrinkRuns: number
  readonly page: string
  readonly hostile: boolean
}

const program = new Command('npm run soak --')
  .description('days of device time with everything going wrong, in minutes; fails when anything is lost or forged')
  .option('--seed <n>', 'the first seed', parseWhole('--seed', 0, 1e9), 1)
  .option('--seeds <n>', 'how many seeds', parseWhole('--seeds', 1, 1000), 1)
  .option('--days <n>', 'days of device time', parseWhole('--days', 1, 366), 30)
  .option(
    '--shrink-runs <n>',
    'runs to find the shortest schedule that fails',
    parseWhole('--shrink-runs', 0, 1000),
    60,
  )
  .option('--hostile', 'broker, time servers, meter, air and flash are hostile too', false)
  .option('--page <path>', 'the report as a page', 'build/soak.html')
  .action(run)

await runScript(program)

async function run({ seed: first, seeds, days, shrinkRuns, page: path, hostile }: Options): Promise<void> {
  const outcomes: Outcome[] = []
  const shrunk = new Map<number, Shrunk>()
  for (let seed = first; seed < first + seeds; seed++) {
    const play = { seed, days, schedule: makeSchedule(seed, days, hostile) }
    const started = performance.now()
    let played = 0
    const progress = new Progress(
      () => `seed ${seed}: ${Math.floor(played)} of ${days} days${timeLeft(played / days, started)}`,
    )
    const onProgress = (now: number) => {
      played = now
      return progress.flush()
    }
    const outcome = await new Player({ ...play, heapUsed, onProgress }).play()
    progress.end()
    outcomes.push(outcome)
    const seconds = ((performance.now() - started) / 1000).toFixed(0)
    console.log(`seed ${seed}: ${days} days in ${seconds} s, ${outcome.violationCount} violations`)
    const kind = outcome.violations[0]?.kind
    if (kind !== undefined && kind !== 'memory' && shrinkRuns > 0)
      shrunk.set(seed, await shrink(outcome, kind, play, shrinkRuns))
  }
  printReport(outcomes)
  for (const outcome of outcomes)
    if (outcome.violationCount > 0) {
      console.log(`\n${failureLines(outcome, shrunk.get(outcome.seed)).join('\n')}`)
      process.exitCode = 1
    }
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, page(outcomes, shrunk))
  console.log(`\n${path}`)
}
