import { fieldsOf } from '../modules/radio/all-fields.js'
import type { DataRecord, DiagnosedTelegram } from '../modules/wmbus/diagnose.js'
import { type Value, valueText } from '../modules/wmbus/value.js'

const FUNCTIONS = ['instantaneous', 'maximum', 'minimum', 'error']

/**
 * A telegram as one JSON object. Numbers have the digits that the meter gave: 8.910 stays 8.910, which JSON.stringify
 * cannot do and which a general writer does in three times the time.
 */
export function decodedJson(telegram: DiagnosedTelegram, name: string | undefined): string {
  const { result, flags, manufacturer, id, version = null, type = null, partial } = telegram
  let text = name === undefined ? '{' : `{"name":${JSON.stringify(name)},`
  text += `"result":"${result}","flags":${flags.length === 0 ? '[]' : JSON.stringify(flags)},`
  text += `"meter":{"manufacturer":${JSON.stringify(manufacturer)},"id":"${id}","version":${version},"type":${type}},`
  text += `"fields":{${fieldsJson(telegram)}},"records":[`
  // The rest of a cut frame is no reading. It is among the records and never among the fields.
  text += `${recordsJson(partial?.records ?? telegram.records)}]`
  if (partial !== undefined) text += `,"partial":{"ci":"${partial.ci.toString(16)}","payload_crc":"unverifiable"}`
  return `${text}}`
}

function fieldsJson(telegram: DiagnosedTelegram): string {
  let text = ''
  const fields = fieldsOf(telegram)
  for (const name in fields) text += `${text === '' ? '' : ','}"${name}":${valueJson(fields[name]!)}`
  return text
}

function recordsJson(records: readonly DataRecord[]): string {
  let text = ''
  for (const { header, raw, function: kind, storage, tariff, subunit, value, unit } of records) {
    text += `${text === '' ? '' : ','}{"header":"${header}","raw":"${raw}","function":"${FUNCTIONS[kind]}",`
    text += `"storage":${storage},"tariff":${tariff},"subunit":${subunit},`
    text += `"value":${value === undefined ? null : valueJson(value)},"unit":"${unit}"}`
  }
  return text
}

function valueJson(value: Value): string {
  return typeof value === 'string' ? JSON.stringify(value) : valueText(value)
}
