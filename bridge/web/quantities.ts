import type { Row } from '../store/store.js'

/** A quantity as the pages show it. */
export interface Shown {
  /** Column of the views, without a suffix. */
  readonly column: string
  readonly name: string
  readonly unit: string
}

/** What a meter counts. What it used is shown. */
const USED: readonly Shown[] = [
  { column: 'energy_kwh', name: 'Energy', unit: 'kWh' },
  { column: 'energy_gj', name: 'Energy', unit: 'GJ' },
  { column: 'volume_m3', name: 'Volume', unit: 'm³' },
]

/** What it measures. */
const MEASURED: readonly Shown[] = [
  { column: 'power_kw', name: 'Power', unit: 'kW' },
  { column: 't1_c', name: 'Flow', unit: '°C' },
  { column: 't2_c', name: 'Return', unit: '°C' },
  { column: 't3_c', name: 'Third', unit: '°C' },
  { column: 'tdif_k', name: 'Cooling', unit: 'K' },
  { column: 'flow_l_per_h', name: 'Flow rate', unit: 'l/h' },
]

/** As a water meter calls them. */
const OF_WATER: Readonly<Record<string, string>> = { t1_c: 'Water', t3_c: 'Surroundings' }

/** A chart with one or more quantities of one unit. */
export interface Chart {
  readonly title: string
  readonly quantities: readonly Shown[]
  /** Whether it shows what was used in each part of the period, not what was measured. */
  readonly isUsed: boolean
}

/** The quantities that some of the rows have. @param rows of `Figures.periods` */
export function shownIn(rows: readonly Row[]): {
  readonly used: readonly Shown[]
  readonly measured: readonly Shown[]
} {
  const has = (column: string) => rows.some((row) => row[column] != null)
  const isWater =
    !has('t2_c_mean') && !has('tdif_k_mean') && !has('energy_kwh') && !has('energy_gj') && has('volume_m3')
  const measured = MEASURED.filter(({ column }) => has(`${column}_mean`))
  return {
    used: USED.filter(({ column }) => has(`${column}_used`)),
    measured: isWater ? measured.map((one) => ({ ...one, name: OF_WATER[one.column] ?? one.name })) : measured,
  }
}

/** The charts of a meter, the most asked for first. The volume of a heating is none: it is heat that is paid for. */
export function chartsOf(used: readonly Shown[], measured: readonly Shown[]): readonly Chart[] {
  const charts: Chart[] = used
    .filter(({ column }, i) => i === 0 || column !== 'volume_m3')
    .map((one) => ({ title: `${one.name} used`, quantities: [one], isUsed: true }))
  for (const one of measured) {
    const isTemperature = one.unit === '°C'
    const last = charts.at(-1)
    if (last !== undefined && isTemperature && last.quantities[0]!.unit === one.unit)
      charts[charts.length - 1] = { ...last, quantities: [...last.quantities, one] }
    else charts.push({ title: isTemperature ? 'Temperatures' : one.name, quantities: [one], isUsed: false })
  }
  return charts
}
