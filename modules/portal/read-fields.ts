import { byteLength, decodeUtf8, encodeUtf8 } from '../codec/utf8.js'
import type { PortalState } from './device.js'
import type { FieldRow, FieldValues, Group } from './field-row.js'
import { FIELDS } from './fields.js'
import type { Form } from './form.js'
import type { FormError } from './form-error.js'

/* Each evaluation of a text in quotes would take memory (docs/memory.md). */
const EMPTY = ''
const COUNT = 'count'
const NONE = 'none'

const SPACE = 0x20
const TAB = 9
const CR = 13
/** U+00A0, as documents have it between the digits of a number. */
const HARD_SPACE = Object.freeze([0xc2, 0xa0] as const)

/** Reads the inputs of these groups. An input that is missing or empty changes nothing, unless its row says otherwise. */
export function readFields(form: Form, groups: readonly Group[]): { values: FieldValues; errors: FormError[] } {
  const values: Record<string, unknown> = {}
  const several: FieldValues = {}
  const errors: FormError[] = []
  for (let i = 0; i < FIELDS.length; i++) {
    const row = FIELDS[i]!
    if (!groups.includes(row.group)) continue
    const { setting, name, choices, secret, blanks, maxBytes, wrong, missing } = row
    const typed = form.get(name) ?? EMPTY
    // What is longer is wrong with or without its blanks.
    const isClose = blanks === NONE && typed.length <= 2 * maxBytes
    const trimmed = isClose ? withoutBlanks(typed) : typed.trim()
    // A network has a letter in its name; a password may be of blanks.
    const counts = blanks === COUNT && (secret !== undefined || trimmed !== EMPTY)
    const text = (counts ? typed : trimmed) || (choices && form.get(choices)) || EMPTY
    if (text === EMPTY) {
      if (missing !== undefined) errors.push({ field: choices ?? name, text: missing })
      continue
    }
    // No text has fewer bytes than characters, and the bytes of a long one would take as much memory as the text.
    const isTooLong = text.length > maxBytes || byteLength(text) > maxBytes
    const value = isTooLong ? undefined : row.parse(text, form)
    if (value === undefined) errors.push({ field: choices ?? name, text: wrong })
    else if (typeof value === 'object') Object.assign(several, value)
    else values[setting] = value
  }
  return { values: Object.assign(values, several), errors }
}

/** As bytes, because each look at a character of a text takes memory. */
function withoutBlanks(text: string): string {
  const bytes = encodeUtf8(text)
  let length = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!
    if (byte === SPACE || (byte >= TAB && byte <= CR)) continue
    if (byte === HARD_SPACE[0] && bytes[i + 1] === HARD_SPACE[1]) i++
    else bytes[length++] = byte
  }
  return decodeUtf8(bytes, 0, length)
}

/** The text that an input begins with, when nothing was typed. */
export function initialText(row: FieldRow, state: PortalState): string | undefined {
  if (row.value !== undefined) return row.value(state)
  const stored = (state.values as Readonly<Record<string, unknown>>)[row.setting]
  return stored === undefined ? undefined : String(stored)
}
