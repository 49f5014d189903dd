import { type Html, html } from '../html.js'
import type { Texts } from '../texts/en.js'
import type { Trial } from '../trial.js'

/** How the test of a network goes, or how it ended and what can be done then. */
export function* trialPage(texts: Texts, trial: Trial, setupPath: string): Iterable<Html> {
  const { ssid, state, reason } = trial
  if (trial.isRunning) {
    yield html`<p class="note" role="status" data-wait="/wifi/trying.cgi">${texts.trial[state]}</p>
<p>${texts.tryingHint}</p>
`
    return
  }
  const isGood = state === 'connected'
  yield html`<div class="note${!isGood && html` bad`}" role="${isGood ? 'status' : 'alert'}">
<p><bdi>${ssid}</bdi>: ${texts.trial[state]}${reason !== undefined && html` <small lang="en">(${reason})</small>`}</p>
</div>
`
  if (isGood) yield html`<p>${texts.leave}</p>\n`
  else yield html`<p><a href="${setupPath}">${texts.tryAgain}</a></p>\n`
  if (!isGood && state !== 'no-broker')
    yield html`<form method="post" action="/wifi/keep.cgi"><p><button class="quiet">${texts.keepAnyway}</button></p></form>
`
}
