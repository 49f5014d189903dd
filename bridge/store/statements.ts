import { COUNTERS, type Column, DEVICE_COLUMNS, GAUGES, SAMPLE_COLUMNS } from './columns.js'
import type { Dialect } from './dialect.js'
import { FACTS } from './facts.js'

/** The rows of a batch, `$1`, as `SELECT` gives them. */
function selected(columns: readonly Column[], dialect: Dialect): string {
  const values = columns.map(({ name, type }, i) => `${dialect.valueAt(i, dialect[type])} AS ${name}`)
  return `SELECT ${values.join(', ')} FROM ${dialect.rowsOfJson}`
}

export function selectedSamples(dialect: Dialect): string {
  return selected(SAMPLE_COLUMNS, dialect)
}

/**
 * Adds samples that are new to a roll-up: each exactly once, in any order.
 * @param source the new samples
 */
export function merged(table: string, bucket: string, source: string, dialect: Dialect): string {
  const both = (call: string, column: string) => {
    const [there, here] = [`${table}.${column}`, `excluded.${column}`]
    return { column, update: `${call}(coalesce(${there}, ${here}), coalesce(${here}, ${there}))` }
  }
  const sum = (column: string) => ({ column, update: `${table}.${column} + excluded.${column}` })
  const columns = [
    { select: 'count(*)', ...sum('samples') },
    { select: 'min(time)', ...both(dialect.least, 'first_time') },
    { select: 'max(time)', ...both(dialect.greatest, 'last_time') },
    ...[...COUNTERS, ...GAUGES].flatMap(({ column, rollUp }) => [
      { select: `min(${column})`, ...both(dialect.least, `${column}_min`) },
      { select: `max(${column})`, ...both(dialect.greatest, `${column}_max`) },
      ...(rollUp === 'counter'
        ? []
        : [
            { select: `coalesce(sum(${column}), 0)`, ...sum(`${column}_sum`) },
            { select: `count(${column})`, ...sum(`${column}_n`) },
          ]),
    ]),
  ]
  return `INSERT INTO ${table} (serial, start, ${columns.map(({ column }) => column).join(', ')})
    SELECT serial, ${bucket}, ${columns.map(({ select }) => select).join(', ')} FROM ${source}
    GROUP BY serial, ${bucket} ORDER BY serial, ${bucket}
    ON CONFLICT (serial, start) DO UPDATE SET ${columns.map(({ column, update }) => `${column} = ${update}`).join(', ')}`
}

/**
 * Brings devices up to date with a batch, `$1`: of everything the newest stays. A last will, which anybody can forge, makes no
 * device.
 */
export function updatedDevices(dialect: Dialect): string {
  const newest = (column: string) =>
    `${column} = ${dialect.greatest}(coalesce(devices.${column}, excluded.${column}), coalesce(excluded.${column}, devices.${column}))`
  const fact = (column: string) =>
    `${column} = CASE WHEN excluded.${column}_at >= coalesce(devices.${column}_at, excluded.${column}_at)
      THEN excluded.${column} ELSE devices.${column} END`
  const updates = [
    ...['last_seen', 'last_sample', 'offline_at'].map(newest),
    ...FACTS.flatMap((column) => [fact(column), newest(`${column}_at`)]),
    `sample = CASE WHEN devices.last_sample IS NULL OR excluded.last_sample > devices.last_sample
      THEN excluded.sample ELSE devices.sample END`,
  ]
  return `INSERT INTO devices (${DEVICE_COLUMNS.map(({ name }) => name).join(', ')})
    SELECT * FROM (${selected(DEVICE_COLUMNS, dialect)}) AS given
    WHERE last_seen IS NOT NULL OR serial IN (SELECT serial FROM devices) ORDER BY serial
    ON CONFLICT (serial) DO UPDATE SET ${updates.join(', ')}`
}
