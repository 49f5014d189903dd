import type { PortalState } from '../device.js'
import { NO_FORM } from '../form.js'
import type { FormError } from '../form-error.js'
import { type Html, html } from '../html.js'
import type { Texts } from '../texts/en.js'
import { fields } from './field.js'

/**
 * The page with the password of the set-up network.
 * @param isSaved whether the form before has set it
 */
export function* accessPage(
  texts: Texts,
  state: PortalState,
  errors: readonly FormError[],
  isSaved: boolean,
): Iterable<Html> {
  if (isSaved) yield html('<p class="note" role="status">', texts.saved, '</p>\n')
  if (state.key === 'missing') {
    yield html('<p>', texts.accessRandom, '</p>\n')
    return
  }
  const standard = state.hasBuildPassword ? texts.accessBuild : texts.accessStandard
  yield html('<p>', state.hasPortalPassword ? texts.accessOwn : standard, '</p>\n')
  yield html('<form id="typed" method="post" action="/access">\n')
  yield* fields('access', texts, state, NO_FORM, errors)
  yield html('<p><button>', texts.store, '</button></p>\n</form>\n')
  if (!state.hasPortalPassword) return
  yield html('<form method="post" action="/access"><p><button class="quiet" name="standard" value="1">')
  yield html('', texts.standardAgain, '</button></p></form>\n')
}
