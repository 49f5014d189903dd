import type { QuantityName } from '../../ports/meter.js'
import type { PortalDevice } from '../device.js'
import { type Html, html } from '../html.js'
import type { Texts } from '../texts/en.js'

/** What the meter says, how well it is heard, and the state of the device. */
export function* meterPage(texts: Texts, device: PortalDevice, path: string): Iterable<Html> {
  const { reading, age, dialogues, good, errors } = device.meter()
  yield html`<p>${texts.serial}: <strong>${device.serial || texts.unknown}</strong></p>
<h2>${texts.lastReading}</h2>
`
  if (reading === undefined) {
    yield html`<p>${texts.noReading}</p>\n`
  } else {
    yield html`<p>${texts.ago(duration(age))}</p>
<table><thead><tr><th scope="col">${texts.quantity}</th><th scope="col" class="number">${texts.value}</th></tr></thead><tbody>
`
    for (const name of Object.keys(reading.quantities) as QuantityName[]) {
      const { value, unit } = reading.quantities[name]!
      yield html`<tr><th scope="row">${texts.quantities[name]}</th><td class="number">${value} ${unit}</td></tr>\n`
    }
    yield html`</tbody></table>\n`
  }
  yield html`<h2>${texts.line}</h2>
<p>${texts.lineGood(good, dialogues)}</p>
`
  if (errors.length > 0) {
    yield html`<table><thead><tr><th scope="col">${texts.error}</th><th scope="col" class="number">${texts.times}</th></tr></thead><tbody>
`
    for (const { text, count } of errors)
      yield html`<tr><td lang="en">${text}</td><td class="number">${count}</td></tr>\n`
    yield html`</tbody></table>\n`
  }
  yield html`<h2>${texts.device}</h2>
<table><tbody>
<tr><th scope="row">${texts.wifi}</th><td><bdi>${device.ssid}</bdi> <span lang="en">${device.wifiStatus}</span></td></tr>
<tr><th scope="row">${texts.broker}</th><td>${device.mqttHost}, ${device.brokerConnected ? texts.brokerUp : texts.brokerDown}</td></tr>
<tr><th scope="row">${texts.version}</th><td>${device.version}</td></tr>
</tbody></table>
<p><a href="${path}">${texts.refresh}</a></p>
`
}

/** Seconds in the largest unit that fits. */
export function duration(seconds: number): string {
  if (seconds < 120) return `${Math.floor(seconds)} s`
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`
  return `${Math.floor(seconds / 3600)} h`
}
