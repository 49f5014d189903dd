import { fromHex, toHex } from '../modules/codec/hex.js'
import { type LineTelegram, ofBytes } from './heard-bytes.js'
import { telegramsInJson } from './telegram-json.js'
import { isCul, telegramsInText } from './telegram-text.js'

/**
 * The telegrams in one line of text, whoever wrote it: bare hexadecimal, rtl-wmbus, rtl_433, CUL, an iM871A's logger,
 * wmbusmeters, a concentrator's records, JSON, or a log that has the frame among other words. Empty where the line has none.
 */
export function telegramsIn(line: string): LineTelegram[] {
  const text = line.trim()
  const bare = isCul(text) ? undefined : fromHex(text)
  if (bare !== undefined) return ofBytes(bare)
  const first = text[0]
  const json = first === '{' || first === '[' || first === '"' ? telegramsInJson(text) : undefined
  return json ?? telegramsInText(text)
}

/**
 * A telegram as a line of rtl-wmbus, without a line end, which wmbusmeters reads from `stdin:rtlwmbus`.
 * @param frame without checksums, whose L says so
 * @param rssi dBm
 */
export function rtlwmbusLine(frame: Uint8Array, rssi: number, time: Date): string {
  const stamp = time.toISOString().replace('T', ' ').slice(0, 23)
  const id = toHex(frame.slice(4, 8).reverse()).toUpperCase()
  return `C1;1;1;${stamp};${rssi};${rssi};${id};0x${toHex(frame)}`
}
