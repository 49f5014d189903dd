import { decimalText } from '../../codec/decimal.js'
import type { FoundNetwork } from '../../ports/wifi.js'
import type { FormError } from '../answer.js'
import type { PortalDevice } from '../device.js'
import type { Form } from '../form.js'
import { type Html, html } from '../html.js'
import type { Networks } from '../networks.js'
import type { Texts } from '../texts/en.js'
import { passwordField, textField, unitText } from './page.js'

/** dBm below which a network is weak, fair, good. */
const STRENGTHS = Object.freeze([-80, -70, -60] as const)

const MAX_SSID = 32
const MAX_PASSWORD = 64

/**
 * The set-up form.
 * @param chosen the network to begin with; empty for none
 * @param form what was typed before, where there were errors in it
 */
export function* wifiPage(
  texts: Texts,
  device: PortalDevice,
  networks: Networks,
  chosen: string,
  form: Form,
  errors: readonly FormError[],
): Iterable<Html> {
  yield html('<p>', stateText(texts, device), '</p>\n<form method="post" action="/wifi/setup.cgi">\n')
  yield html('<fieldset id="essid"><legend>', texts.network, '</legend>\n')
  const { list, inProgress } = networks
  if (list.length === 0 && inProgress)
    yield html('<p role="status" data-wait="/wifi/looking.cgi">', texts.looking, '</p>\n')
  if (list.length === 0 && !inProgress) yield html('<p>', texts.noneFound, '</p>\n')
  for (const network of list) yield choice(network.ssid, strength(texts, network), network.ssid === chosen)
  if (chosen !== '' && list.every(({ ssid }) => ssid !== chosen)) yield choice(chosen, texts.notHeardNow, true)
  yield html('<p><a href="/wifi/wifi_setup.tpl?scan=1">', texts.lookAgain, '</a></p>\n')
  yield* textField({
    name: 'other',
    label: texts.otherNetwork,
    hint: texts.otherNetworkHint,
    value: form.get('other'),
    maxLength: MAX_SSID,
    errors,
  })
  yield html('</fieldset>\n')
  yield* passwordField(texts, {
    name: 'passwd',
    label: texts.password,
    hint: device.ssid === '' ? undefined : texts.keepHint(device.ssid),
    maxLength: MAX_PASSWORD,
    errors,
  })
  yield* textField({
    name: 'mqtthost',
    label: texts.broker,
    hint: texts.brokerHint,
    value: form.get('mqtthost') ?? device.mqttHost,
    maxLength: 63,
    inputMode: 'url',
    errors,
  })
  yield* impulseFields(texts, device, form, errors)
  yield html('<p><button name="connect" value="1">', texts.connect, '</button></p>\n</form>\n')
}

function stateText(texts: Texts, { ssid, online, wifiStatus }: PortalDevice): string {
  if (ssid === '') return texts.notSetUp
  return online ? texts.joined(ssid) : texts.notJoined(ssid, wifiStatus)
}

function choice(ssid: string, note: string, isChosen: boolean): Html {
  const checked = isChosen && html(' checked')
  return html(
    '<label class="pick"><input type="radio" name="essid" value="',
    ssid,
    '"',
    checked,
    '><bdi>',
    ssid,
    '</bdi> <small>',
    note,
    '</small></label>\n',
  )
}

function strength(texts: Texts, { rssi, security }: FoundNetwork): string {
  const text = texts.strength[STRENGTHS.filter((limit) => rssi >= limit).length]!
  return security === 'OPEN' ? `${text}, ${texts.open}` : text
}

function* impulseFields(
  texts: Texts,
  { impulse }: PortalDevice,
  form: Form,
  errors: readonly FormError[],
): Iterable<Html> {
  if (impulse === undefined) return
  const { serial, reading, perUnit } = impulse
  const unit = unitText(impulse.unit)
  yield html('<fieldset><legend>', texts.impulseMeter, '</legend>\n')
  yield* textField({
    name: 'impulse_meter_serial',
    label: texts.impulseSerial,
    value: form.get('impulse_meter_serial') ?? serial,
    maxLength: 12,
    errors,
  })
  yield* textField({
    name: 'impulse_meter_units',
    label: texts.impulseUnits(unit),
    hint: texts.impulseUnitsHint(decimalText(false, reading, -3)),
    value: form.get('impulse_meter_units'),
    maxLength: 31,
    inputMode: 'decimal',
    errors,
  })
  yield* textField({
    name: 'impulses_per_unit',
    label: texts.impulsesPerUnit(unit),
    value: form.get('impulses_per_unit') ?? String(perUnit),
    maxLength: 8,
    inputMode: 'numeric',
    errors,
  })
  yield html('</fieldset>\n')
}
