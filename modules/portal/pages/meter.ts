import type { QuantityName } from '../../meters/meter.js'
import type { PortalState } from '../device.js'
import { type Html, html } from '../html.js'
import type { Texts } from '../texts/en.js'
import { duration, unitText } from './units.js'

/** The page with the meter's last reading and the quality of its line. */
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
  // A device that only hears radio meters has no line.
  if (dialogues > 0) {
    yield html('<h2>', texts.line, '</h2>\n<p>')
    yield html('', texts.lineGood(texts.number(String(good)), texts.number(String(dialogues))), '</p>\n')
  }
  if (errors.length > 0) {
    yield tableHead(texts.error, texts.times)
    for (const { text, count } of errors)
      yield html('<tr><td lang="en">', text, '</td><td class="number">', texts.number(String(count)), '</td></tr>\n')
    yield html('</tbody></table>\n')
  }
  yield html('<p><a href="', path, '">', texts.refresh, '</a></p>\n')
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
