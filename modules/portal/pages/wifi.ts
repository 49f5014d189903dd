import type { FoundNetwork } from '../../ports/wifi.js'
import type { PortalState } from '../device.js'
import type { Form } from '../form.js'
import type { FormError } from '../form-error.js'
import { type Html, html } from '../html.js'
import type { NetworkScan } from '../network-scan.js'
import type { Texts } from '../texts/en.js'
import { fields } from './field.js'
import { strengthText } from './units.js'

/**
 * The set-up form.
 * @param chosen name of the network that is selected at first; empty for none
 * @param form the rejected form, whose texts are shown again; empty for none
 * @param standardBroker the broker that the page offers to go back to
 */
export function* wifiPage(
  texts: Texts,
  state: PortalState,
  networks: NetworkScan,
  chosen: string,
  form: Form,
  errors: readonly FormError[],
  standardBroker: string | undefined,
): Iterable<Html> {
  if (state.key !== 'own') yield html('<p class="note bad" role="alert">', texts.noOwnKey[state.key], '</p>\n')
  yield html('<p>', stateText(texts, state), '</p>\n<form id="typed" method="post" action="/wifi/setup.cgi">\n')
  if (state.key === 'missing') {
    yield* fields('key', texts, state, form, errors)
    if (state.impulse === undefined) yield* fields('number', texts, state, form, errors)
  }
  yield html('<fieldset id="essid"><legend>', texts.network, '</legend>\n')
  const { list, inProgress } = networks
  if (list.length === 0 && inProgress)
    yield html('<p role="status" data-wait="/wifi/looking.cgi">', texts.looking, '</p>\n')
  if (list.length === 0 && !inProgress) yield html('<p>', texts.noneFound, '</p>\n')
  for (const network of list) {
    yield radio(network.ssid, network.ssid === chosen)
    yield labelOf(network.ssid, strength(texts, network))
  }
  if (chosen !== '' && list.every(({ ssid }) => ssid !== chosen)) {
    yield radio(chosen, true)
    yield labelOf(chosen, texts.notHeardNow)
  }
  yield html('<p><a href="/wifi/wifi_setup.tpl?scan=1">', texts.lookAgain, '</a></p>\n')
  yield* fields('network', texts, state, form, errors)
  yield html('</fieldset>\n')
  yield* fields('connection', texts, state, form, errors)
  yield html('<fieldset><legend>', texts.broker, '</legend>\n')
  if (state.previousBroker !== undefined)
    yield html('<p class="note bad">', texts.brokerBefore(state.values.mqttHost!, state.previousBroker), '</p>\n')
  yield* fields('broker', texts, state, form, errors)
  if (state.hasTls) yield* fields('tls', texts, state, form, errors)
  yield html('</fieldset>\n')
  if (state.impulse !== undefined) {
    yield html('<fieldset><legend>', texts.impulseMeter, '</legend>\n')
    yield html('<input type="hidden" name="decimal" value="', texts.decimal, '">\n')
    yield* fields('impulse', texts, state, form, errors)
    yield html('</fieldset>\n')
  }
  yield html('<p><button name="connect" value="1">', texts.connect, '</button></p>\n</form>\n')
  if (standardBroker === undefined) return
  yield html('<form method="post" action="/wifi/broker.cgi"><p><button class="quiet">')
  yield html('', texts.standardBroker(standardBroker), '</button></p></form>\n')
}

/** In which network the device is. */
export function stateText(texts: Texts, { ssid, network, wifiStatus }: PortalState): string {
  if (ssid === '') return texts.notSetUp
  if (network === undefined) return texts.notJoined(ssid, wifiStatus)
  return network === ssid ? texts.joined(ssid) : texts.elsewhere(network, ssid)
}

function radio(ssid: string, isChosen: boolean): Html {
  return html(
    '<label class="pick"><input type="radio" name="essid" value="',
    ssid,
    '"',
    isChosen && html(' checked'),
    '>',
  )
}

function labelOf(ssid: string, note: string): Html {
  return html('<bdi>', ssid, '</bdi> <small>', note, '</small></label>\n')
}

function strength(texts: Texts, { rssi, security }: FoundNetwork): string {
  const text = strengthText(texts, rssi)
  return security === 'OPEN' ? `${text}, ${texts.open}` : text
}
