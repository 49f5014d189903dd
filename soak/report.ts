import { printTable } from '../bench/table.js'
import type { Outcome } from './outcome.js'
import { describeIncident, describeTime } from './schedule.js'
import type { Shrunk } from './shrink.js'

export const SAMPLE_HEADS = ['seed', 'meter', 'expected', 'delivered', 'late', 'lost', 'doubled', 'never dated']
export const DEVICE_HEADS = [
  'seed',
  'faults',
  'boots',
  'commands done / arrived',
  'hostile arrived / acted on',
  'valve moved: command / limit / by itself',
  'heap day 1 / end, kB',
  'growth, %',
]
export const RECOVERY_HEADS = ['fault', 'times', 'median, s', 'worst, s']

type Row = (string | number)[]

export function sampleRows(outcomes: readonly Outcome[]): Row[] {
  return outcomes.flatMap(({ seed, meters }) =>
    meters.map(({ name, expected, delivered, late, lost, doubled, undated }) => [
      seed,
      name,
      expected,
      delivered,
      late,
      lost,
      doubled,
      undated,
    ]),
  )
}

export function deviceRows(outcomes: readonly Outcome[]): Row[] {
  return outcomes.map(({ seed, schedule, boots, commands, hostile, valve, heap }) => {
    const [first = 0, last = 0] = [heap[0], heap.at(-1)]
    return [
      seed,
      schedule.length,
      boots,
      `${commands.done} / ${commands.arrived}`,
      `${hostile.arrived} / ${hostile.actedOn}`,
      `${valve.changes - valve.byLimit - valve.unexplained} / ${valve.byLimit} / ${valve.unexplained}`,
      `${kilobytes(first)} / ${kilobytes(last)}`,
      first === 0 ? '' : (100 * (last / first - 1)).toFixed(2),
    ]
  })
}

/** Groups the recoveries by kind of fault, the slowest first. */
export function recoveriesByKind(outcomes: readonly Outcome[]): (readonly [string, readonly number[]])[] {
  return [...new Set(outcomes.flatMap(({ recoveries }) => [...recoveries.keys()]))]
    .map((kind) => {
      const seconds = outcomes.flatMap(({ recoveries }) => recoveries.get(kind) ?? [])
      return [kind, seconds.sort((a, b) => a - b)] as const
    })
    .sort(([, a], [, b]) => b.at(-1)! - a.at(-1)!)
}

export function recoveryRows(outcomes: readonly Outcome[]): Row[] {
  return recoveriesByKind(outcomes).map(([kind, seconds]) => [
    kind,
    seconds.length,
    seconds[Math.floor(seconds.length / 2)]!.toFixed(1),
    seconds.at(-1)!.toFixed(1),
  ])
}

/** Says in lines what went wrong, with the shortest schedule that shows it. */
export function failureLines({ seed, violations, violationCount }: Outcome, shrunk: Shrunk | undefined): string[] {
  const lines = [`seed ${seed}: ${violationCount} violations`]
  for (const { kind, at, text } of violations.slice(0, 10)) lines.push(`  ${describeTime(at)}  ${kind}: ${text}`)
  if (shrunk === undefined) return lines
  const { schedule } = shrunk.outcome
  lines.push(`the shortest schedule found in ${shrunk.runs} runs that still shows it, with seed ${seed}:`)
  return [...lines, ...schedule.map((incident) => `  ${describeIncident(incident)}`), `  ${JSON.stringify(schedule)}`]
}

export function printReport(outcomes: readonly Outcome[]): void {
  const days = outcomes[0]!.days
  printTable(`Samples, ${days} days each; late is more than a minute old`, SAMPLE_HEADS, sampleRows(outcomes))
  printTable('Device', DEVICE_HEADS, deviceRows(outcomes))
  printTable('From the end of a fault to the next message', RECOVERY_HEADS, recoveryRows(outcomes))
}

function kilobytes(bytes: number): string {
  return (bytes / 1024).toFixed(0)
}
