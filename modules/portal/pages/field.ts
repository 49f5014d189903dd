import type { PortalState } from '../device.js'
import type { Group } from '../field-row.js'
import { FIELDS } from '../fields.js'
import type { Form } from '../form.js'
import type { FormError } from '../form-error.js'
import { type Html, html } from '../html.js'
import { initialText } from '../read-fields.js'
import type { Texts } from '../texts/en.js'

/**
 * The labelled inputs of a group. Keyboards do not correct what is typed there: it is always a name or a code. (One
 * generator for all of it, because each level of generators keeps its variables in RAM.)
 * @param form the rejected form, whose texts are shown again; empty for none
 */
export function* fields(
  group: Group,
  texts: Texts,
  state: PortalState,
  form: Form,
  errors: readonly FormError[],
): Iterable<Html> {
  for (let i = 0; i < FIELDS.length; i++) {
    const row = FIELDS[i]!
    if (row.group !== group) continue
    const { name, secret } = row
    const isPassword = secret === 'password'
    yield html('<div class="field">\n<label for="', name, '">', row.label(texts, state), '</label>\n')
    yield html('<input id="', name, '" name="', name, '" type="', isPassword ? 'password' : 'text', '"')
    // A number may come with a blank behind each digit.
    yield html(' maxlength="', row.blanks === 'none' ? 2 * row.maxBytes : row.maxBytes, '"')
    const value = secret ? undefined : (form.get(name) ?? initialText(row, state))
    if (value !== undefined) yield html(' value="', value, '"')
    if (row.inputMode !== undefined) yield html(' inputmode="', row.inputMode, '"')
    const hint = row.hint?.(texts, state)
    if (hint !== undefined) yield html(' aria-describedby="', name, '-hint"')
    if (isWrong(name, errors)) yield html(' aria-invalid="true"')
    yield html(' autocomplete="', isPassword ? 'new-password' : 'off', '" autocapitalize="none" spellcheck="false">\n')
    if (hint !== undefined) yield html('<small id="', name, '-hint">', hint, '</small>\n')
    yield html('</div>\n')
    // The script can show the passwords of a page while they are typed. The broker's is never the first of a page.
    if (isPassword && group !== 'broker')
      yield html('<label class="pick show" hidden><input id="show" type="checkbox">', texts.showPassword, '</label>\n')
  }
}

/** A loop, because a closure for each row would take more RAM. */
function isWrong(name: string, errors: readonly FormError[]): boolean {
  for (let i = 0; i < errors.length; i++) if (errors[i]!.field === name) return true
  return false
}
