import { toHex } from '../modules/codec/hex.js'
import { scaleOf } from '../modules/wmbus/quantities.js'
import type { RecordCursor } from '../modules/wmbus/record-cursor.js'
import { rawText, type Value, type ValueRecord, valueText } from '../modules/wmbus/value.js'

const FUNCTIONS = ['instantaneous', 'maximum', 'minimum', 'error']

/** The JSON of a record before its raw bytes, and between those and its value. */
export function recordHead(cursor: RecordCursor): { readonly head: string; readonly tail: string } {
  const { bytes, header, value, storage, tariff, subunit } = cursor
  return {
    head: `{"header":"${toHex(bytes, header, value).toUpperCase()}","raw":"`,
    tail: `","function":"${FUNCTIONS[cursor.function]}","storage":${storage},"tariff":${tariff},"subunit":${subunit},"value":`,
  }
}

/** The JSON of a record from its raw bytes on. @param tail what `recordHead` gave */
export function recordTail(record: ValueRecord, value: Value | undefined, tail: string): string {
  const json = value === undefined ? 'null' : valueJson(value)
  return `${rawText(record)}${tail}${json},"unit":"${scaleOf(record.vif)?.unit ?? ''}"}`
}

/** Numbers have the digits that the meter gave: 8.910 stays 8.910. */
export function valueJson(value: Value): string {
  return typeof value === 'string' ? JSON.stringify(value) : valueText(value)
}
