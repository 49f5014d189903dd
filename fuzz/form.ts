import { equal, ok } from 'node:assert/strict'
import { parseForm } from '../modules/portal/form.js'

/** The parser reads a form as browsers do, up to 32 fields and except for bytes that are no UTF-8. */
export default function form(bytes: Uint8Array): void {
  const parsed = parseForm(bytes.slice())
  const names = [...parsed.keys()]
  ok(names.length <= 32)
  const text = Buffer.from(bytes).toString()
  // URLSearchParams takes a question mark off the beginning. Beside an escape that is none, Node keeps 8 bits of a character.
  const expected = new URLSearchParams(`&${escaped(bytes)}`)
  const known = [...expected.keys()]
  if (text.includes('\ufffd') || known.some(isStrange) || [...expected.values()].some(isStrange)) return
  for (const name of names) if (name !== '') equal(parsed.get(name), expected.get(name))
  if (text.split('&').length <= 32) for (const name of known) ok(parsed.has(name), name)
}

function isStrange(text: string): boolean {
  return text.includes('\ufffd')
}

/** With all that is not ASCII as an escape. */
function escaped(bytes: Uint8Array): string {
  const characters = Array.from(bytes, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : `%${byte.toString(16)}`))
  return characters.join('')
}
