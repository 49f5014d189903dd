import type { FormError } from '../answer.js'
import type { PortalDevice } from '../device.js'
import { type Html, html } from '../html.js'
import type { Texts } from '../texts/en.js'
import { passwordField } from './page.js'

/** The password of the set-up network. */
export function* accessPage(texts: Texts, device: PortalDevice, errors: readonly FormError[]): Iterable<Html> {
  yield html('<p>', device.hasPortalPassword ? texts.accessOwn : texts.accessStandard, '</p>\n')
  yield html('<form method="post" action="/access">\n')
  yield* passwordField(texts, {
    name: 'password',
    label: texts.newPassword,
    hint: texts.newPasswordHint,
    maxLength: 63,
    errors,
  })
  yield html('<p><button>', texts.store, '</button></p>\n</form>\n')
  if (!device.hasPortalPassword) return
  yield html('<form method="post" action="/access"><p><button class="quiet" name="standard" value="1">')
  yield html('', texts.standardAgain, '</button></p></form>\n')
}
