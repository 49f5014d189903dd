/** A quantity of samples that the database has a column for. */
export interface Quantity {
  /** Its key in a sample. */
  readonly key: string
  /** Column of its integer in the smallest unit, which the name says. */
  readonly column: string
  /** The units that it is told in: one of them is 10^exponent of the smallest unit. */
  readonly units: Readonly<Record<string, number>>
  /** What the roll-ups keep: the range of a counter, the range and the mean of a gauge; nothing of the rest. */
  readonly rollUp: 'counter' | 'gauge' | 'none'
  /** Column of the view, in the unit that people read; it has so many decimals. */
  readonly shown: { readonly column: string; readonly decimals: number } | undefined
}

function gauge(key: string, column: string, units: Quantity['units'], shown: string): Quantity {
  return { key, column, units, rollUp: 'gauge', shown: { column: shown, decimals: 3 } }
}

function counter(key: string, column: string, units: Quantity['units'], shown: string, decimals: number): Quantity {
  return { key, column, units, rollUp: 'counter', shown: { column: shown, decimals } }
}

/**
 * All quantities, in the order of the columns. Energy has two: a GJ is no whole number of Wh. A migration made the columns:
 * whoever adds one here writes another migration.
 */
export const QUANTITIES: readonly Quantity[] = [
  { key: 'heap', column: 'heap_bytes', units: { '': 0 }, rollUp: 'none', shown: undefined },
  gauge('t1', 't1_millicelsius', { C: 3 }, 't1_c'),
  gauge('t2', 't2_millicelsius', { C: 3 }, 't2_c'),
  gauge('t3', 't3_millicelsius', { C: 3 }, 't3_c'),
  gauge('tdif', 'tdif_millikelvin', { K: 3, C: 3 }, 'tdif_k'),
  gauge('flow1', 'flow_ml_per_h', { 'l/h': 3 }, 'flow_l_per_h'),
  gauge('effect1', 'power_w', { kW: 3 }, 'power_kw'),
  counter('hr', 'operating_millihours', { h: 3, '': 3 }, 'operating_h', 3),
  counter('v1', 'volume_ml', { m3: 6 }, 'volume_m3', 6),
  counter('e1', 'energy_wh', { kWh: 3, MWh: 6 }, 'energy_kwh', 3),
  counter('e1', 'energy_kj', { GJ: 6, Gj: 6 }, 'energy_gj', 6),
]

/** Digits that a column has room for: 12 of its largest unit. The sums of a day of gauges fit into 64 bits. */
const ROOM = { counter: 18, gauge: 14, none: 18 } as const

const NUMBER = /^(-?)0*([0-9]{1,30})(?:\.([0-9]{1,30}))?$/

/**
 * The integer's digits, of the value in the smallest unit; undefined where it is no number, not exact, too large, or in another
 * unit.
 */
export function inSmallestUnit(quantity: Quantity, value: string, unit: string): string | undefined {
  if (!Object.hasOwn(quantity.units, unit)) return undefined
  const [, sign, whole, decimals = ''] = NUMBER.exec(value) ?? []
  if (whole === undefined) return undefined
  const exponent = quantity.units[unit]!
  if (!/^0*$/.test(decimals.slice(exponent))) return undefined
  const digits = (whole + decimals.slice(0, exponent).padEnd(exponent, '0')).replace(/^0+(?=.)/, '')
  if (digits.length > ROOM[quantity.rollUp]) return undefined
  return digits === '0' ? digits : sign + digits
}
