import type { Telegram } from '../wmbus/telegram.js'
import type { Value } from '../wmbus/value.js'
import { driverOf } from './detect.js'
import { fieldOf, fieldValue } from './reading.js'

/** All named fields of a telegram; none of one that did not pass every check, and none of an unknown meter. */
export function fieldsOf(telegram: Telegram): { readonly [name: string]: Value } {
  const fields: { [name: string]: Value } = {}
  const driver = driverOf(telegram)
  if (driver === undefined) return fields
  for (const field of driver.fields) {
    const value = fields[field.name] ?? fieldValue(field, telegram)
    if (value !== undefined) fields[field.name] = value
  }
  const status = fields.status ?? fieldOf(driver, telegram, 'status')
  if (status !== undefined) fields.status = status
  return fields
}
