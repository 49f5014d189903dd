import type { QuantityName } from '../../meters/meter.js'
import type { PortalState } from '../device.js'
import { type Html, html } from '../html.js'
import type { Texts } from '../texts/en.js'
import { duration, unitText } from './units.js'

/** The page with the meter's last reading, the quality of its line and the state of the device. */
export function* meterPage(texts: Texts, state: PortalState, path: string): Iterable<Html> {
  const { reading, age, dialogues, good, errors } = state.meter
  yield html('<p>', texts.serial, ': <strong>', state.serial || texts.unknown, '</strong></p>\n')
  yield html('<h2>', texts.lastReading, '</h2>\n<p>', reading ? texts.ago(duration(age)) : texts.noReading, '</p>\n')
  if (reading !== undefined) {
    yield tableHead(texts.quantity, texts.value)
    for (const name of Object.keys(reading.quantities) as QuantityName[]) {
      const { value, unit } = reading.quantities[name]!
      yield html('<tr><th scope="row">', texts.quantities[name], '</th><td class="number">', texts.number(value))
      yield html(' ', unitText(unit), '</td></tr>\n')
    }
    yield html('</tbody></table>\n')
  }
  yield html(
    '<h2>',
    texts.line,
    '</h2>\n<p>',
    texts.lineGood(texts.number(String(good)), texts.number(String(dialogues))),
    '</p>\n',
  )
  if (errors.length > 0) {
    yield tableHead(texts.error, texts.times)
    for (const { text, count } of errors)
      yield html('<tr><td lang="en">', text, '</td><td class="number">', texts.number(String(count)), '</td></tr>\n')
    yield html('</tbody></table>\n')
  }
  const { ssid, network, wifiStatus, values, previousBroker, version } = state
  const wifiState = network ? html('', texts.up) : html('<span lang="en">', wifiStatus, '</span>')
  yield html('<h2>', texts.device, '</h2>\n<table><tbody>\n')
  yield row(texts.wifi, ssid === '' ? wifiState : html('<bdi>', network ?? ssid, '</bdi>, ', wifiState))
  yield row(texts.broker, html('', previousBroker ?? values.mqttHost, ', ', brokerText(texts, state)))
  yield row(texts.version, html('', version))
  yield html('</tbody></table>\n')
  yield html('<p><a href="', path, '">', texts.refresh, '</a></p>\n')
}

function brokerText(texts: Texts, { brokerConnected, brokerRefusesCommands }: PortalState): string {
  if (!brokerConnected) return texts.down
  return brokerRefusesCommands ? texts.deaf : texts.up
}

function row(name: string, value: Html): Html {
  return html('<tr><th scope="row">', name, '</th><td>', value, '</td></tr>\n')
}

function tableHead(what: string, amount: string): Html {
  return html(
    '<table><thead><tr><th scope="col">',
    what,
    '</th><th scope="col" class="number">',
    amount,
    '</th></tr></thead><tbody>\n',
  )
}
