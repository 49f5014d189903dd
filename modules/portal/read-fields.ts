import { byteLength } from '../codec/utf8.js'
import type { PortalState } from './device.js'
import { FIELDS, type FieldRow, type FieldValues, type Group } from './fields.js'
import type { Form } from './form.js'
import type { FormError } from './form-error.js'

/* Each evaluation of a text in quotes would take memory (docs/memory.md). */
const EMPTY = ''
const PASSWORD = 'password'

/** Reads the inputs of these groups. An input that is missing or empty changes nothing, unless its row says otherwise. */
export function readFields(form: Form, groups: readonly Group[]): { values: FieldValues; errors: FormError[] } {
  const values: Record<string, unknown> = {}
  const several: FieldValues = {}
  const errors: FormError[] = []
  for (let i = 0; i < FIELDS.length; i++) {
    const row = FIELDS[i]!
    if (!groups.includes(row.group)) continue
    const { setting, name, choices, secret, maxBytes, wrong, missing } = row
    const typed = form.get(name) ?? EMPTY
    const text = (secret === PASSWORD ? typed : typed.trim()) || (choices && form.get(choices)) || EMPTY
    if (text === EMPTY) {
      if (missing !== undefined) errors.push({ field: choices ?? name, text: missing })
      continue
    }
    // No text has fewer bytes than characters, and the bytes of a long one would take as much memory as the text.
    const isTooLong = text.length > maxBytes || byteLength(text) > maxBytes
    const value = isTooLong ? undefined : row.parse(text)
    if (value === undefined) errors.push({ field: choices ?? name, text: wrong })
    else if (typeof value === 'object') Object.assign(several, value)
    else values[setting] = value
  }
  return { values: Object.assign(values, several), errors }
}

/** The text that an input begins with, when nothing was typed. */
export function initialText(row: FieldRow, state: PortalState): string | undefined {
  if (row.value !== undefined) return row.value(state)
  const stored = (state.values as Readonly<Record<string, unknown>>)[row.setting]
  return stored === undefined ? undefined : String(stored)
}
