import { FACTS } from './facts.js'
import { QUANTITIES } from './quantities.js'

/** A column and its type, as the dialect calls it. */
export interface Column {
  readonly name: string
  readonly type: 'text' | 'instant' | 'integer'
}

/** The roll-ups: the table, and the view of it that people read. */
export const ROLL_UPS = [
  { table: 'hours', view: 'hourly' },
  { table: 'days', view: 'daily' },
] as const

export const COUNTERS = QUANTITIES.filter(({ rollUp }) => rollUp === 'counter')
export const GAUGES = QUANTITIES.filter(({ rollUp }) => rollUp === 'gauge')

/** Columns of `samples`; the first two are the key. */
export const SAMPLE_COLUMNS: readonly Column[] = [
  { name: 'serial', type: 'text' },
  { name: 'time', type: 'instant' },
  { name: 'received_at', type: 'instant' },
  { name: 'program', type: 'text' },
  { name: 'other', type: 'text' },
  ...QUANTITIES.map(({ column }) => ({ name: column, type: 'integer' }) as const),
]

const factColumns = (facts: readonly string[]): readonly Column[] =>
  facts.flatMap((fact): readonly Column[] => [
    { name: fact, type: fact === 'rssi_dbm' || fact === 'uptime_s' ? 'integer' : 'text' },
    { name: `${fact}_at`, type: 'instant' },
  ])

/** Columns that the second migration has added to `devices`. */
export const ADDED_COLUMNS: readonly Column[] = [...factColumns(['open_until']), { name: 'sample', type: 'text' }]

export const FIRST_COLUMNS: readonly Column[] = [
  { name: 'serial', type: 'text' },
  { name: 'last_seen', type: 'instant' },
  { name: 'last_sample', type: 'instant' },
  { name: 'offline_at', type: 'instant' },
  ...factColumns(FACTS.filter((fact) => fact !== 'open_until')),
]

/** Columns of `devices`; the first is the key. */
export const DEVICE_COLUMNS: readonly Column[] = [...FIRST_COLUMNS, ...ADDED_COLUMNS]
