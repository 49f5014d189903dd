import type { Compact } from '../decoders/solver/compact.js'
import { templatesOf } from '../decoders/solver/kinds.js'
import { type Solution, type SolveOptions, solve } from '../decoders/solver/solve.js'
import { groupOf } from '../decoders/solver/vocabulary.js'
import { groupOfHeader } from '../hosttest/solver/groups.js'
import { compactIn, PUBLIC_TELEGRAMS } from '../hosttest/solver/public-telegrams.js'
import { simulate } from '../hosttest/solver/simulated-meter.js'
import { fromHex } from '../modules/codec/hex.js'
import { KNOWN_HEADERS } from '../modules/radio/detect.js'
import { printTable } from './table.js'

/**
 * `tsx bench/solve.ts [all|SIGNATURE...]`: hides headers from the built-in table and finds them again, from telegrams of a
 * simulated meter and from those that somebody has published. It measures processor time, because a busy computer does not
 * change that much. Without an argument it takes a few quick ones.
 */
const SHORT = ['61EB', 'A8ED', 'F1E7', 'D7D6', 'B34D']
const LIMIT_MS = 55_000
const asked = process.argv.slice(2).map((name) => name.toUpperCase())
const COUNTS = asked.length > 0 ? [1, 2, 4, 8] : [1, 2]
const isAsked = (name: string) => asked.includes('ALL') || (asked.length > 0 ? asked : SHORT).includes(name)

function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function tell({ result, candidates }: Solution, hex: string, ms: number): string {
  const rank = candidates.findIndex(({ header }) => header === hex.toUpperCase())
  const found = candidates[rank]
  const place = found === undefined ? '' : ` ${rank === 0 ? '' : `(place ${rank + 1}) `}${found.odds.toPrecision(1)}`
  const name = result === 'solved' && rank !== 0 ? 'WRONG' : result
  return `${name}${place}, ${(ms / 1000).toFixed(1)} s`
}

/** Solves without the header in the table, and tells how that went. */
function tried(telegrams: readonly Compact[], group: SolveOptions['group'], hex: string): string {
  const began = processorMs()
  const known = KNOWN_HEADERS.filter((header) => header.hex !== hex)
  const solution = solve(telegrams, { group, known, now: processorMs, limitMs: LIMIT_MS })
  return tell(solution, hex, processorMs() - began)
}

/** Prints a row as soon as it is there: all of them take an hour. */
function rowOf(...cells: readonly (string | number)[]): readonly (string | number)[] {
  if (asked.length > 0) console.error(cells.join(' | '))
  return cells
}

printTable(
  'Headers hidden from the table, by telegrams: result, odds of the true header, processor time',
  ['', 'records', ...COUNTS.map(String)],
  KNOWN_HEADERS.map(({ signature, hex }) => ({ name: signature.toString(16).toUpperCase().padStart(4, '0'), hex }))
    .filter(({ name }) => isAsked(name))
    .map(({ name, hex }) => {
      const tries = COUNTS.map((telegrams) =>
        tried(simulate(hex, { seed: 7 + telegrams, telegrams }), groupOfHeader(hex), hex),
      )
      return rowOf(name, templatesOf(fromHex(hex)!)!.length, ...tries)
    }),
)
printTable(
  'Public telegrams: result, odds of the header that explains them, processor time',
  ['', 'source', 'telegrams', ''],
  PUBLIC_TELEGRAMS.filter(({ signature, isQuick }) => isAsked(signature) || (asked.length === 0 && isQuick)).map(
    ({ signature, source, type, compacts, header }) =>
      rowOf(signature, source, compacts.length, tried(compacts.map(compactIn), groupOf(type), header.toLowerCase())),
  ),
)
console.log(`\n  at most ${(process.resourceUsage().maxRSS / 1000).toFixed(0)} MB`)
