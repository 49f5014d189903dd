import { parseObject } from '../modules/codec/json.js'
import type { Sample } from './devices.js'
import { jsonNumber } from './fields.js'

/** A key of a sample; `time` is the sample's own. */
const KEY = /^(?!time$)[a-z][a-z0-9_]{0,31}$/

/** Digits that are a number's name. */
const NAMES: readonly string[] = ['program']

/** A sample as one JSON object: its time in unix seconds, and the meter's own digits. What it did not say is left out. */
export function stateText({ time, fields }: Sample): string {
  const members = [`"time":${time}`]
  for (const [key, { text, isNumber }] of fields)
    if (isNumber && KEY.test(key)) members.push(`"${key}":${NAMES.includes(key) ? `"${text}"` : jsonNumber(text)}`)
  return `{${members.join(',')}}`
}

/** The time of such a text, unix seconds; undefined where it has none. */
export function timeOfState(text: string): number | undefined {
  const time = parseObject(text)?.time
  return typeof time === 'number' && Number.isSafeInteger(time) && time >= 0 ? time : undefined
}
