import type { Diagnosis, FlashState, PortalState } from '../device.js'
import { type Html, html } from '../html.js'
import type { Texts } from '../texts/en.js'
import { duration, strengthText } from './units.js'
import { stateText } from './wifi.js'

/** Numbered lines, the same number always for the same thing, without anything secret. */
export function* diagnosisPage(
  texts: Texts,
  state: PortalState,
  flash: FlashState,
  diagnosis: Diagnosis,
): Iterable<Html> {
  const { meter, values, previousBroker, waterMeters = [] } = state
  const { uptime, resetReason, signal, time, delivered, freeHeap } = diagnosis
  const { unknown, number } = texts
  yield html('<p>', texts.diagnosisHint, '</p>\n<ol>\n')
  yield line(texts.serial, state.serial || unknown)
  yield line(texts.version, state.version)
  yield line(
    texts.running,
    texts.runningFor(duration(uptime), `${texts.starts.split('|')[resetReason] ?? unknown} (${resetReason})`),
  )
  const { good, dialogues } = meter
  yield line(texts.line, dialogues === 0 ? '–' : texts.lineGood(number(String(good)), number(String(dialogues))))
  yield line(texts.lastReading, meter.reading ? texts.ago(duration(meter.age)) : texts.noReading)
  yield line(texts.wifi, stateText(texts, state))
  yield line(texts.signal, signal === undefined ? unknown : `${signal} dBm, ${strengthText(texts, signal)}`)
  yield line(texts.broker, `${previousBroker ?? values.mqttHost}, ${brokerText(texts, state)}`)
  yield line(texts.time, time === undefined ? unknown : timeText(time))
  yield line(texts.sent, number(String(delivered)))
  yield line(texts.flashOf.settings, texts.flashWords[flash.settings])
  yield line(texts.flashOf.journal, texts.flashWords[flash.journal])
  yield line(texts.memory, freeHeap === 0 ? unknown : `${Math.floor(freeHeap / 1024)} kB`)
  for (const { id, key, age } of waterMeters)
    yield line(id, age === undefined ? texts.keys[key] : `${texts.keys[key]} ${texts.ago(duration(age))}`)
  yield html('</ol>\n<p><a href="/diagnosis">', texts.refresh, '</a></p>\n')
}

function line(name: string, text: string): Html {
  return html('<li>', name, ': <bdi>', text, '</bdi></li>\n')
}

/** `2026-11-27 15:12 UTC` */
function timeText(unix: number): string {
  return `${new Date(unix * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

function brokerText(texts: Texts, { brokerConnected, brokerRefusesCommands }: PortalState): string {
  if (!brokerConnected) return texts.down
  return brokerRefusesCommands ? texts.deaf : texts.up
}
