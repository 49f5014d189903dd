import { Vw1871Parser } from '../modules/ble/vw1871.js'
import { fromHex } from '../modules/codec/hex.js'
import type { LineTelegram } from './heard-bytes.js'
import { JsonPieces } from './json-pieces.js'
import { holdsNotifications, type Notification, notificationsIn } from './notifications.js'
import { telegramsInValue } from './telegram-json.js'
import { telegramsIn } from './telegram-line.js'

/** A concentrator sends the rest of a record at once: what comes later is another's. */
const SILENCE = 2_000
/** With these begins what is of JSON over many lines for sure. */
const OPENERS = '{}[]"'
const SHORTEST_DIGITS = 22

/**
 * Reads the telegrams of a recording, line by line: what receivers write (`telegramsIn`), a concentrator's notifications,
 * one a line or in a session, and JSON over many lines. Keeps one line or one notification, no matter how long it reads.
 */
export class TelegramReader {
  #onTelegram: (telegram: LineTelegram, place: number) => void
  #parser = new Vw1871Parser({
    onRecord: (record) => this.#tell({ bytes: record.frame(), rssi: record.rssi, time: this.#time }, this.#told + 1),
    onBattery() {},
  })
  #time: string | undefined
  #pieces: JsonPieces | undefined
  /** Whether a line comes in parts, and whether they are skipped; that is open until one of them is not blank. */
  #isLong = false
  #isForeign: boolean | undefined
  #line = 0
  #told = 0
  #skipped = 0

  /** @param onTelegram gets each telegram with its line, or its number where it came in JSON of many lines or a session */
  constructor(onTelegram: (telegram: LineTelegram, place: number) => void) {
    this.#onTelegram = onTelegram
  }

  /** Lines that held no telegram and were neither blank nor remarks. */
  get skipped(): number {
    return this.#skipped
  }

  /** Reads a line, without its end. */
  push(line: string): void {
    this.#line++
    const first = firstOf(line)
    if (this.#pieces !== undefined) {
      const isOver = line.length >= SHORTEST_DIGITS && first !== undefined && !OPENERS.includes(first)
      const telegrams = isOver ? telegramsIn(line) : []
      if (telegrams.length === 0) return this.#pushJson(line)
      // JSON that was cut is over where a line of something else begins.
      this.#pieces = undefined
    }
    if (first === undefined || first === '#') return
    if (first !== '{' && first !== '[') return this.#tellAll(telegramsIn(line))
    const json = parsed(line)
    if (json !== undefined) this.#value(json)
    else if (/[{[,]\s*$/.test(line)) this.#pushJson(line)
    else this.#tellAll(telegramsIn(line))
  }

  /** Reads a part of a line that is too long for memory. Only JSON can be so long. */
  pushPart(part: string, isLast: boolean): void {
    if (!this.#isLong) {
      this.#line++
      this.#isForeign = this.#pieces === undefined ? undefined : false
    }
    this.#isLong = !isLast
    if (this.#isForeign === undefined) {
      const first = firstOf(part)
      if (first === undefined) return
      this.#isForeign = first !== '{' && first !== '['
      if (this.#isForeign) this.#skipped++
    }
    if (!this.#isForeign) this.#pushJson(part)
  }

  /** Call this where the recording ends, or has been silent for two seconds: a record that was cut may hide a whole one. */
  idle(): void {
    while (this.#parser.waiting) this.#parser.idle()
  }

  #pushJson(text: string): void {
    this.#pieces ??= new JsonPieces((json) => {
      const value = parsed(json)
      if (value !== undefined) this.#piece(value)
    })
    this.#pieces.push(text)
    if (this.#pieces.isComplete) this.#pieces = undefined
  }

  #value(json: unknown): void {
    const notifications = notificationsIn(json)
    for (const notification of notifications) this.#notification(notification)
    if (notifications.length === 0) this.#tellAll(holdsNotifications(json) ? [] : telegramsInValue(json))
  }

  #piece(json: unknown): void {
    const notifications = notificationsIn(json)
    for (const notification of notifications) this.#notification(notification)
    // Other characteristics than that of the data tell of the link.
    if (notifications.length > 0 || holdsNotifications(json)) return
    // A text alone may be anything.
    for (const telegram of telegramsInValue(json, typeof json === 'string' ? 2 : 0))
      this.#tell(telegram, this.#told + 1)
  }

  #notification({ hex, t }: Notification): void {
    const bytes = fromHex(hex)
    if (bytes === undefined) return
    if (Date.parse(t) - Date.parse(this.#time ?? '') > SILENCE) this.idle()
    this.#time = t || undefined
    this.#parser.push(bytes)
  }

  #tellAll(telegrams: readonly LineTelegram[]): void {
    if (telegrams.length === 0) this.#skipped++
    for (const telegram of telegrams) this.#tell(telegram, this.#line)
  }

  #tell(telegram: LineTelegram, place: number): void {
    this.#told++
    this.#onTelegram(telegram, place)
  }
}

function firstOf(line: string): string | undefined {
  for (let i = 0; i < line.length; i++) if (line[i] !== ' ' && line[i] !== '\t' && line[i] !== '\r') return line[i]
  return undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
