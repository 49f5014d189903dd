import { fieldsOf } from '../modules/radio/all-fields.js'
import type { DiagnosedTelegram } from '../modules/wmbus/diagnose.js'
import { RecordCursor } from '../modules/wmbus/record-cursor.js'
import type { Data } from '../modules/wmbus/telegram.js'
import { recordValue } from '../modules/wmbus/value.js'
import { recordHead, recordTail, valueJson } from './record-json.js'
import { TelegramLayout } from './telegram-layout.js'

/** Layouts that are remembered; nobody hears so many kinds of meters. */
const MOST_LAYOUTS = 256

/** Writes telegrams as JSON. It remembers the layouts of those that it has written. */
export class DecodedJson {
  #layouts = new Map<number, TelegramLayout>()

  /** A telegram as one JSON object. */
  json(telegram: DiagnosedTelegram, name: string | undefined): string {
    const { result, flags, manufacturer, id, version = null, type = null, partial } = telegram
    let text = name === undefined ? '{' : `{"name":${JSON.stringify(name)},`
    text += `"result":"${result}","flags":${flags.length === 0 ? '[]' : JSON.stringify(flags)},`
    text += `"meter":{"manufacturer":${JSON.stringify(manufacturer)},"id":"${id}","version":${version},"type":${type}},`
    text += result === 'ok' ? this.#content(telegram) : unread(partial && telegram.data)
    if (partial !== undefined) text += `,"partial":{"ci":"${partial.ci.toString(16)}","payload_crc":"unverifiable"}`
    return `${text}}`
  }

  #content(telegram: DiagnosedTelegram): string {
    const key = (telegram.model ?? 0) * 0x10000 + (telegram.signature ?? 0)
    const known = this.#layouts.get(key)
    if (known?.isOf(telegram.data!)) return known.json(telegram)
    const layout = TelegramLayout.of(telegram)
    if (layout === undefined) return `"fields":{${fieldsJson(telegram)}},"records":[${recordsJson(telegram.data!)}]`
    if (this.#layouts.size >= MOST_LAYOUTS) this.#layouts.clear()
    this.#layouts.set(key, layout)
    return layout.json(telegram)
  }
}

/** The rest of a cut frame is no reading. It is among the records and never among the fields. */
function unread(data: Data | undefined): string {
  return `"fields":{},"records":[${data === undefined ? '' : recordsJson(data)}]`
}

/** The fields of a telegram as members of a JSON object; numbers have the digits that the meter gave. */
export function fieldsJson(telegram: DiagnosedTelegram): string {
  const fields = Object.entries(fieldsOf(telegram))
  return fields.map(([name, value]) => `"${name}":${valueJson(value)}`).join(',')
}

function recordsJson({ bytes, start }: Data): string {
  const records: string[] = []
  const cursor = new RecordCursor(bytes, start)
  while (cursor.next()) {
    const { head, tail } = recordHead(cursor)
    records.push(head + recordTail(cursor, recordValue(cursor), tail))
  }
  return records.join(',')
}
