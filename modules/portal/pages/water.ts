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
  yield html('<p>', meters.length === 0 ? texts.noWater : texts.waterHint, '</p>\n')
  for (const meter of meters) yield* row(texts, meter)
  yield html('<form method="post" action="/water">\n')
  yield* textField({
    name: 'id',
    label: texts.waterId,
    hint: texts.waterIdHint,
    value: form.get('id'),
    maxLength: 8,
    inputMode: 'numeric',
    errors,
  })
  yield* textField({ name: 'key', label: texts.key, hint: texts.keyDigits, maxLength: 32, errors })
  yield html('<p><button>', texts.add, '</button></p>\n</form>\n')
}

function* row(texts: Texts, { id, total, age, error, builtIn }: WaterMeterState): Iterable<Html> {
  yield html('<h2>', id, '</h2>\n<p>')
  if (total === undefined || age === undefined) yield html('', texts.notHeard)
  else yield html('<strong>', total, '</strong>, ', texts.ago(duration(age)))
  if (error !== undefined) yield html('<br><span lang="en">', error, '</span>')
  yield html('</p>\n')
  if (builtIn) return
  yield html('<form method="post" action="/water"><input type="hidden" name="remove" value="', id, '">')
  yield html('<button class="quiet" aria-label="', texts.remove, ' ', id, '">', texts.remove, '</button></form>\n')
}
