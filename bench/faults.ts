import { RECOVERABLE, runFault } from './recovery.js'
import { printTable } from './table.js'

const RUNS = 50

const rows: (string | number)[][] = []
for (const fault of RECOVERABLE) {
  const times: number[] = []
  let lost = 0
  let doubled = 0
  for (let seed = 1; seed <= RUNS; seed++) {
    const outcome = await runFault(fault, seed)
    times.push(outcome.recovery / 1000)
    lost += outcome.lost
    doubled += outcome.doubled
  }
  times.sort((a, b) => a - b)
  rows.push([fault.name, times[RUNS / 2]!.toFixed(1), times.at(-1)!.toFixed(1), lost, doubled])
}
printTable(
  `Recovery, in s from the end of a fault of 1.5 to 20 minutes; ${RUNS} runs each`,
  ['fault', 'median', 'worst', 'samples lost', 'doubled'],
  rows,
)
