import type { PortalState, WaterMeterState } from '../device.js'
import type { Form } from '../form.js'
import type { FormError } from '../form-error.js'
import { Html, html } from '../html.js'
import type { Texts } from '../texts/en.js'
import { fields } from './field.js'
import { duration } from './units.js'

const BAD = Object.freeze(new Html(' class="note bad"'))

/**
 * The page with the water meters and the form that adds one.
 * @param done what the form before has done
 */
export function* waterPage(
  texts: Texts,
  state: PortalState,
  form: Form,
  errors: readonly FormError[],
  done: string | undefined,
): Iterable<Html> {
  const { waterMeters = [] } = state
  if (done !== undefined) yield html('<p class="note" role="status">', done, '</p>\n')
  yield html('<p>', waterMeters.length === 0 ? texts.noWater : texts.waterHint, '</p>\n')
  for (const meter of waterMeters) yield* row(texts, meter)
  yield html('<form id="typed" method="post" action="/water">\n')
  yield* fields('water', texts, state, form, errors)
  yield html('<p><button>', texts.add, '</button></p>\n</form>\n')
  yield html('<p><a href="/water/headers">', texts.headers, '</a></p>\n')
}

/** The page with the list of record headers that somebody has found. */
export function* headersPage(
  texts: Texts,
  state: PortalState,
  form: Form,
  errors: readonly FormError[],
  isSaved: boolean,
): Iterable<Html> {
  if (isSaved) yield html('<p class="note" role="status">', texts.saved, '</p>\n')
  yield html('<form id="typed" method="post" action="/water">\n')
  yield* fields('headers', texts, state, form, errors)
  yield html('<p><button>', texts.store, '</button></p>\n</form>\n')
}

function* row(texts: Texts, { id, total, age, key, header, doubt, builtIn }: WaterMeterState): Iterable<Html> {
  yield html('<h2>', id, '</h2>\n')
  if (total !== undefined && age !== undefined)
    yield html('<p><strong>', texts.number(total), '</strong>, ', texts.ago(duration(age)), '</p>\n')
  const isRead = key === 'right' || key === 'not heard'
  yield html(
    '<p',
    !isRead && BAD,
    '>',
    texts.keys[key],
    '',
    header !== undefined && html(' <code>', header, '</code>'),
    '</p>\n',
  )
  if (doubt !== undefined) yield html('<p', BAD, '>', texts.doubts[doubt], '</p>\n')
  if (builtIn) return
  yield html(
    '<p><a href="/water?remove=',
    id,
    '" aria-label="',
    texts.remove,
    ' ',
    id,
    '">',
    texts.remove,
    '</a></p>\n',
  )
}

/** The question before a meter is removed. */
export function* removalPage(texts: Texts, id: string): Iterable<Html> {
  yield html('<p>', texts.removeHint, '</p>\n<form method="post" action="/water"><p>')
  yield html('<button name="remove" value="', id, '">', texts.remove, '</button></p></form>\n')
  yield html('<p><a href="/water">', texts.cancel, '</a></p>\n')
}
