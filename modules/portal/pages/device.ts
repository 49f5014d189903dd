import type { PortalState } from '../device.js'
import { type Html, html } from '../html.js'
import type { Texts } from '../texts/en.js'
import type { UpdateState } from '../update-device.js'

/**
 * The page with the version that runs, the update, restart and factory reset.
 * @param update undefined where the device takes no updates
 * @param isRefused whether flash has not taken the reset
 */
export function* devicePage(
  texts: Texts,
  device: PortalState,
  update: UpdateState | undefined,
  isRefused: boolean,
): Iterable<Html> {
  if (device.isRestarting) {
    yield html('<p class="note" role="status">', texts.restarting, '</p>\n')
    return
  }
  if (isRefused) yield html('<p class="note bad" role="alert">', texts.notReset, '</p>\n')
  yield html('<p>', texts.version, ': <strong>', device.version, '</strong></p>\n')
  if (update !== undefined) {
    yield html('<h2>', texts.update, '</h2>\n')
    yield* updateOf(texts, device, update)
  }
  yield html('<h2>', texts.restart, '</h2>\n<p>', texts.restartHint, '</p>\n<form method="post" action="/device"><p>')
  yield html('<button class="quiet" name="restart" value="1">', texts.restart, '</button></p></form>\n')
  yield html('<h2>', texts.reset, '</h2>\n<p><a href="/device?reset=1">', texts.reset, ' …</a></p>\n')
}

/** The question before a factory reset. */
export function* resetPage(texts: Texts): Iterable<Html> {
  yield html('<p>', texts.resetDeletes, '</p>\n<p>', texts.resetKeeps, '</p>\n')
  yield html('<form method="post" action="/device"><p><button name="reset" value="1">', texts.resetNow)
  yield html('</button></p></form>\n<p><a href="/device">', texts.cancel, '</a></p>\n')
}

function* updateOf(texts: Texts, device: PortalState, state: UpdateState): Iterable<Html> {
  const { at, version, percent, reason } = state
  if (at === 'fetching' || at === 'checking') {
    const text = at === 'checking' ? texts.updateChecking(version) : texts.updateFetching(version, percent)
    yield html('<p class="note" role="status" data-wait="/update/progress?percent=', percent, '">', text, '</p>\n')
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
