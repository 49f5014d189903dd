import { type Html, html } from '../html.js'
import type { Texts } from '../texts/en.js'
import type { Trial } from '../trial.js'

/** The page of a trial: its progress, or its outcome and what the user can do then. */
export function* trialPage(texts: Texts, trial: Trial, setupPath: string): Iterable<Html> {
  const { ssid, state, reason } = trial
  const text = texts.trial[state]
  if (trial.isRunning) {
    yield html('<p class="note" role="status" data-wait="/wifi/trying.cgi?state=', state, '">', text, '</p>\n')
    yield html('<progress aria-label="', texts.trying(ssid), '"></progress>\n')
    yield html('<p>', texts.tryingHint, '</p>\n')
    return
  }
  if (state === 'connected') {
    yield html('<p class="note" role="status"><bdi>', ssid, '</bdi>: ', text, '</p>\n<p>', texts.leave, '</p>\n')
    return
  }
  yield html('<p class="note bad" role="alert"><bdi>', ssid, '</bdi>: ', text)
  if (state === 'failed') yield html(' <small lang="en">(', reason, ')</small>')
  const field = state === 'wrong-password' ? 'passwd' : state === 'no-broker' ? 'mqtthost' : 'essid'
  yield html('</p>\n', trial.isRefused && html('<p>', texts.nothingStored, '</p>\n'))
  yield html('<p><a class="button" href="', setupPath, '#', field, '">', texts.tryAgain, '</a></p>\n')
  if (!trial.isRefused) return
  yield html('<form method="post" action="/wifi/keep.cgi">')
  yield html('<p><button class="quiet" name="trial" value="', trial.id, '">', texts.keepAnyway(ssid), '</button></p>')
  yield html('</form>\n')
}
