import { driverOf } from '../modules/radio/detect.js'
import type { Field } from '../modules/radio/driver.js'
import { valueAt } from '../modules/radio/reading.js'
import type { DiagnosedTelegram } from '../modules/wmbus/diagnose.js'
import { RecordCursor } from '../modules/wmbus/record-cursor.js'
import { matches } from '../modules/wmbus/record-key.js'
import type { Data } from '../modules/wmbus/telegram.js'
import { recordValue, type Value, type ValueRecord } from '../modules/wmbus/value.js'
import { recordHead, recordTail, valueJson } from './record-json.js'

/** JSON of a value, kept for the next telegram: most values of a meter are what they were. */
interface Kept {
  /** Place of the value behind the first byte of the records, and its bytes at that time. */
  readonly at: number
  readonly bytes: Uint8Array
  json: string
}

interface RecordPlan extends Kept {
  readonly head: string
  readonly tail: string
  readonly record: { -readonly [name in keyof ValueRecord]: ValueRecord[name] }
}

interface FieldPlan extends Kept {
  readonly field: Field
  readonly record: number
  status: number
}

/**
 * The records of one header and the fields that a kind of meter has of them. To look for them in each telegram again
 * takes ten times as long.
 */
export class TelegramLayout {
  #records: RecordPlan[] = []
  #fields: FieldPlan[] = []
  /** The bytes that are no values, by their place. */
  #fixedAt: number[] = []
  #fixed: number[] = []
  #length: number
  /** Whether several fields have one name: the first that has a value counts. */
  #hasRivals = false

  private constructor({ bytes, start }: Data) {
    this.#length = bytes.length - start
  }

  /** The layout of a telegram that passed every check; undefined where the lengths of its values differ. */
  static of(telegram: DiagnosedTelegram): TelegramLayout | undefined {
    const data = telegram.data!
    const layout = new TelegramLayout(data)
    const { bytes, start } = data
    const fields = driverOf(telegram)?.fields ?? []
    const found = new Map<Field, number>()
    const cursor = new RecordCursor(bytes, start)
    let end = start
    while (cursor.next()) {
      layout.#fix(bytes, start, end, cursor.value)
      end = cursor.value + cursor.size
      for (const field of fields)
        if (!found.has(field) && matches(field, cursor)) found.set(field, layout.#records.length)
      layout.#add(cursor, start)
    }
    layout.#fix(bytes, start, end, bytes.length)
    for (const field of fields) {
      const record = found.get(field)
      if (record === undefined) continue
      const { at, bytes: like } = layout.#records[record]!
      layout.#hasRivals ||= layout.#fields.some((other) => other.field.name === field.name)
      layout.#fields.push({ field, record, at, bytes: new Uint8Array(like.length), json: '', status: -1 })
    }
    return cursor.isFixed ? layout : undefined
  }

  /** Whether records have this layout: all bytes that are no values are equal. */
  isOf({ bytes, start }: Data): boolean {
    if (bytes.length - start !== this.#length) return false
    const fixed = this.#fixed
    for (let i = 0; i < fixed.length; i++) if (bytes[start + this.#fixedAt[i]!] !== fixed[i]) return false
    return true
  }

  /** The members `fields` and `records` of a telegram of this layout. */
  json(telegram: DiagnosedTelegram): string {
    const { bytes, start } = telegram.data!
    let records = ''
    for (const plan of this.#records) {
      const { at, record } = plan
      record.bytes = bytes
      record.value = start + at
      if (plan.json === '' || !isKept(plan, bytes, start)) {
        keep(plan, bytes, start)
        plan.json = plan.head + recordTail(record, recordValue(record), plan.tail)
      }
      records += records === '' ? plan.json : `,${plan.json}`
    }
    return `"fields":{${this.#fieldsJson(telegram, bytes, start)}},"records":[${records}]`
  }

  #fieldsJson(telegram: DiagnosedTelegram, bytes: Uint8Array, start: number): string {
    const status = telegram.transportStatus
    const written = this.#hasRivals ? new Set<string>() : undefined
    let fields = ''
    for (const plan of this.#fields) {
      const { name } = plan.field
      if (plan.status !== status || !isKept(plan, bytes, start)) {
        keep(plan, bytes, start)
        plan.status = status
        plan.json = memberJson(name, valueAt(plan.field, this.#records[plan.record]!.record, telegram))
      }
      if (plan.json === '' || written?.has(name)) continue
      written?.add(name)
      fields += fields === '' ? plan.json : `,${plan.json}`
    }
    return fields
  }

  #fix(bytes: Uint8Array, start: number, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      this.#fixedAt.push(at - start)
      this.#fixed.push(bytes[at]!)
    }
  }

  #add(cursor: RecordCursor, start: number): void {
    const { bytes, value, size, coding, vif } = cursor
    const { head, tail } = recordHead(cursor)
    const kept = { at: value - start, bytes: new Uint8Array(size), json: '' }
    this.#records.push({ ...kept, head, tail, record: { bytes, value, size, coding, vif } })
  }
}

function isKept({ at, bytes: kept }: Kept, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < kept.length; i++) if (kept[i] !== bytes[start + at + i]) return false
  return true
}

function keep({ at, bytes: kept }: Kept, bytes: Uint8Array, start: number): void {
  for (let i = 0; i < kept.length; i++) kept[i] = bytes[start + at + i]!
}

function memberJson(name: string, value: Value | undefined): string {
  return value === undefined ? '' : `"${name}":${valueJson(value)}`
}
