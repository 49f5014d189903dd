import type { FormError } from '../answer.js'
import type { PortalDevice, WaterMeterState } from '../device.js'
import type { Form } from '../form.js'
import { type Html, html } from '../html.js'
import type { Texts } from '../texts/en.js'
import { duration } from './meter.js'
import { textField } from './page.js'

/** The water meters, and the form for another one. */
export function* waterPage(
  texts: Texts,
  device: PortalDevice,
  form: Form,
  errors: readonly FormError[],
): Iterable<Html> {
  const meters = device.waterMeters ?? []
  yield html`<p>${meters.length === 0 ? texts.noWater : texts.waterHint}</p>\n`
  for (const meter of meters) yield row(texts, meter)
  yield html`<form method="post" action="/water">
${textField({
  name: 'id',
  label: texts.waterId,
  hint: texts.waterIdHint,
  value: form.id,
  maxLength: 8,
  inputMode: 'numeric',
  errors,
})}${textField({ name: 'key', label: texts.key, hint: texts.keyDigits, maxLength: 32, errors })}<p><button>${texts.add}</button></p>
</form>
`
}

function row(texts: Texts, { id, total, age, error }: WaterMeterState): Html {
  return html`<h2>${id}</h2>
<p>${total === undefined || age === undefined ? texts.notHeard : html`<strong>${total}</strong>, ${texts.ago(duration(age))}`}${
    error !== undefined && html`<br><span lang="en">${error}</span>`
  }</p>
<form method="post" action="/water"><input type="hidden" name="remove" value="${id}"><button class="quiet" aria-label="${texts.remove} ${id}">${texts.remove}</button></form>
`
}
