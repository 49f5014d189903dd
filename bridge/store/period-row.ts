import { digitsText } from '../../modules/codec/decimal.js'
import { COUNTERS, GAUGES } from './columns.js'
import type { Quantity } from './quantities.js'
import type { Row } from './store.js'

/** Columns of a row of `periodRow`, as the views `hourly` and `daily` call them. */
export const PERIOD_COLUMNS: readonly string[] = [
  'start',
  'samples',
  ...COUNTERS.flatMap(({ shown }) => [`${shown!.column}_used`, shown!.column]),
  ...GAUGES.flatMap(({ shown }) => ['_mean', '_min', '_max'].map((suffix) => shown!.column + suffix)),
]

/** What sums over a period say, in the units that people read. @param row with `samples`, and the columns of `hours` in their own units */
export function periodRow(row: Row): Row {
  const shown = ({ shown }: Quantity, digits: string | null | undefined) =>
    digits == null ? null : exactText(BigInt(digits), shown!.decimals)
  const entries: [string, string | null][] = [
    ['start', row.start ?? null],
    ['samples', row.samples ?? null],
  ]
  for (const counter of COUNTERS) {
    entries.push([`${counter.shown!.column}_used`, shown(counter, row[`${counter.column}_used`])])
    entries.push([counter.shown!.column, shown(counter, row[counter.column])])
  }
  for (const gauge of GAUGES) {
    const { column } = gauge
    entries.push([`${gauge.shown!.column}_mean`, shown(gauge, mean(row[`${column}_sum`], row[`${column}_n`]))])
    for (const suffix of ['_min', '_max'])
      entries.push([gauge.shown!.column + suffix, shown(gauge, row[column + suffix])])
  }
  return Object.fromEntries(entries)
}

/** The sums of several periods together, which follow each other. */
export function total(rows: readonly Row[]): Row {
  const entries = Object.keys(rows[0]!).map((name) => {
    if (name === 'start') return [name, rows[0]![name]]
    const values = rows.flatMap((row) => (row[name] == null ? [] : [BigInt(row[name])]))
    return [
      name,
      values.length === 0
        ? null
        : String(values.reduce(MERGES[/_(min|sum|n|used)$/.exec(name)?.[1] ?? name] ?? larger)),
    ]
  })
  return Object.fromEntries(entries)
}

const sum = (one: bigint, other: bigint) => one + other
const larger = (one: bigint, other: bigint) => (other > one ? other : one)

const MERGES: Readonly<Record<string, (one: bigint, other: bigint) => bigint>> = {
  samples: sum,
  sum,
  n: sum,
  used: sum,
  // biome-ignore lint/complexity/useMathMinMax: Math.min takes no bigint
  min: (one, other) => (other < one ? other : one),
}

/** The exact number with so many decimals whose digits an integer has. */
export function exactText(integer: bigint, decimals: number): string {
  return digitsText(integer < 0n, String(integer < 0n ? -integer : integer), -decimals)
}

/** Rounded to a whole number, halves away from zero. */
function mean(sum: string | null | undefined, n: string | null | undefined): string | null {
  if (sum == null || n == null || n === '0') return null
  const [total, count] = [BigInt(sum), BigInt(n)]
  const size = total < 0n ? -total : total
  const rounded = (size * 2n + count) / (count * 2n)
  return String(total < 0n ? -rounded : rounded)
}
