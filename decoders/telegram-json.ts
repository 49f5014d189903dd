import { hexBytes, type LineTelegram, ofBytes, ofRtl433 } from './heard-bytes.js'
import { isPlausible } from './plausible.js'
import { telegramsInText } from './telegram-text.js'

type Members = { readonly [name: string]: unknown }

/** Members that hold a telegram, whatever it looks like. */
const MEMBERS = ['telegram_hex', 'frame_hex', 'telegram', 'frame', 'hex', 'raw_hex']
const RSSI_MEMBERS = ['rssi_dbm', 'rssi', 'RSSI']
const TIME_MEMBERS = ['t', 'time', 'timestamp']
const MAX_DEPTH = 8
const SHORTEST_DIGITS = 22

/** The telegrams in JSON of any shape; undefined where the text is no JSON. */
export function telegramsInJson(text: string): LineTelegram[] | undefined {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return undefined
  }
  return telegramsInValue(json)
}

/** The telegrams in parsed JSON: of an object the member that is named so, else every text that can be one. */
export function telegramsInValue(value: unknown, depth = 0): LineTelegram[] {
  if (depth > MAX_DEPTH) return []
  if (typeof value === 'string') return depth < 2 ? ofString(value) : ofStranger(value)
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap((entry) => telegramsInValue(entry, depth + 1))
  const members = value as Members
  const facts = { rssi: rssiOf(members), time: timeOf(members) }
  for (const name of MEMBERS) {
    const text = members[name]
    const found = typeof text === 'string' ? ofString(text) : []
    if (found.length > 0) return found.map((telegram) => merged(telegram, facts))
  }
  const isRtl433 = members.model === 'Wireless-MBus'
  return Object.values(members)
    .flatMap((member) => telegramsInValue(member, depth + 2))
    .map((telegram) => merged(isRtl433 ? ofRtl433(telegram.bytes) : telegram, facts))
}

/** A text that is said to be a telegram, in any dress but JSON. */
function ofString(text: string): LineTelegram[] {
  const bytes = hexBytes(text)
  return bytes === undefined ? telegramsInText(text) : ofBytes(bytes)
}

/** A text that may be anything. */
function ofStranger(text: string): LineTelegram[] {
  if (text.length < SHORTEST_DIGITS) return []
  const bytes = hexBytes(text)
  if (bytes === undefined) return telegramsInText(text)
  return isPlausible(bytes, false) ? [{ bytes }] : []
}

function merged(telegram: LineTelegram, { rssi, time }: Pick<LineTelegram, 'rssi' | 'time'>): LineTelegram {
  return { ...telegram, rssi: telegram.rssi ?? rssi, time: telegram.time ?? time }
}

function rssiOf(members: Members): number | undefined {
  for (const name of RSSI_MEMBERS) if (Number.isFinite(members[name])) return members[name] as number
  return undefined
}

function timeOf(members: Members): string | undefined {
  for (const name of TIME_MEMBERS) if (typeof members[name] === 'string') return members[name] as string
  return undefined
}
