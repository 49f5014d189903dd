import { deepEqual, equal, ok } from 'node:assert/strict'
import { rtlwmbusLine, telegramsIn } from '../decoders/telegram-line.js'
import { TelegramReader } from '../decoders/telegram-reader.js'
import { fromHex, toHex } from '../modules/codec/hex.js'

const FRAME = fromHex('25442d2c703749741f168d20b9c22302213a4de6faff5b137e9eb42fd8d7129b64074ca798a4')!

/**
 * Whatever a line holds, its telegrams are bytes of it; lines of something else do not hide the telegram behind them; and
 * the reader finds the same however JSON is cut into parts.
 */
export default function telegramLine(bytes: Uint8Array): void {
  const text = Buffer.from(bytes).toString('latin1')
  for (const line of text.split('\n')) {
    for (const { bytes: frame, rssi } of telegramsIn(line)) {
      ok(frame.length > 0 && frame.length <= line.length)
      ok(rssi === undefined || Number.isFinite(rssi))
    }
  }
  const found = read(`${text}\n${toHex(FRAME)}\n`)
  deepEqual(found.at(-1), FRAME)
  const third = Math.floor(text.length / 3)
  deepEqual(inParts(text), inParts(text.slice(0, third), text.slice(third)))

  const frame = Uint8Array.of(bytes.length & 0x7f, ...bytes.subarray(0, 300))
  const [again] = telegramsIn(rtlwmbusLine(frame, -80, new Date(0)))
  equal(again === undefined, false)
}

function read(text: string): Uint8Array[] {
  const found: Uint8Array[] = []
  const reader = new TelegramReader(({ bytes }) => found.push(bytes))
  for (const line of text.split('\n')) reader.push(line)
  reader.idle()
  return found
}

function inParts(...parts: readonly string[]): Uint8Array[] {
  const found: Uint8Array[] = []
  const reader = new TelegramReader(({ bytes }) => found.push(bytes))
  for (const [i, part] of parts.entries()) reader.pushPart(part, i === parts.length - 1)
  reader.idle()
  return found
}
