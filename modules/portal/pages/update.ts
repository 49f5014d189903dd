import type { PortalState } from '../device.js'
import { type Html, html } from '../html.js'
import type { Texts } from '../texts/en.js'
import type { UpdateState } from '../update-device.js'

/** The page with the version that runs, the progress of an update, and the upload of one. */
export function* updatePage(texts: Texts, device: PortalState, state: UpdateState): Iterable<Html> {
  const { at, version, percent, reason } = state
  yield html('<p>', texts.version, ': <strong>', device.version, '</strong></p>\n')
  if (at === 'fetching' || at === 'checking') {
    const text = at === 'checking' ? texts.updateChecking(version) : texts.updateFetching(version, percent)
    yield html('<p class="note" role="status" data-wait="/update/progress">', text, '</p>\n')
    return
  }
  if (at !== 'idle') {
    const text = at === 'restarting' ? texts.updateRestarting(version) : texts.updateProbation
    yield html('<p class="note" role="status">', text, '</p>\n')
    return
  }
  if (reason !== '') {
    yield html('<p class="note bad" role="alert">', texts.updateFailed)
    yield html(' <span lang="en">', reason, '</span></p>\n')
  }
  if (!device.brokerConnected) yield html('<p>', texts.updateNeedsBroker, '</p>\n')
  yield html('<noscript><p>', texts.updateNeedsScript, '</p></noscript>\n<form data-send="/update?at=" hidden>\n')
  yield html('<div class="field">\n<label for="file">', texts.updateFile, '</label>\n')
  yield html('<input id="file" type="file" required aria-describedby="file-hint">\n')
  yield html('<small id="file-hint">', texts.updateHint, '</small>\n</div>\n')
  yield html('<p><button>', texts.updateSend, '</button></p>\n')
  yield html('<progress max="100" value="0" aria-label="', texts.updateSend, '" hidden></progress>\n</form>\n')
}
