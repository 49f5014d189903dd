import type { Telegram } from '../wmbus/telegram.js'
import type { Value } from '../wmbus/value.js'
import { driverOf } from './detect.js'
import { fieldValue } from './reading.js'
import { withTransportStatus } from './transport-status.js'

/** All named fields of a telegram; none of one that did not pass every check, and none of an unknown meter. */
export function fieldsOf(telegram: Telegram): { readonly [name: string]: Value } {
  const fields: { [name: string]: Value } = {}
  const driver = telegram.result === 'ok' ? driverOf(telegram) : undefined
  if (driver === undefined) return fields
  for (const field of driver.fields) {
    const value = fields[field.name] ?? fieldValue(field, telegram)
    if (value !== undefined) fields[field.name] = value
  }
  // A telegram without a record of the meter's status may still have a status byte.
  const status = fields.status ?? withTransportStatus('', telegram.transportStatus)
  if (status !== '') fields.status = status
  return fields
}
