import { failure, type Result, success } from '../modules/codec/result.js'
import type { DiagnosedTelegram } from '../modules/wmbus/diagnose.js'
import type { Answer } from './answer.js'
import { DecodedJson } from './decoded-json.js'
import { type DecoderOptions, telegramDecoder } from './telegram-decoder.js'
import { TelegramReader } from './telegram-reader.js'

/** The result of a telegram that was deciphered with another key, for one. */
const WRONG_KEY = 'payload-crc'
export const KEY_HINT = 'the key may be another one than the meter has'

/** Writes telegrams as JSON and counts those that could not be read. */
export class DecodedTelegrams {
  #writer = new DecodedJson()
  #errors = new Map<string, number>()
  #count = 0

  get count(): number {
    return this.#count
  }

  /** A telegram as one JSON object. */
  json(telegram: DiagnosedTelegram, name?: string): string {
    const { result } = telegram
    this.#count++
    if (result !== 'ok') this.#errors.set(result, (this.#errors.get(result) ?? 0) + 1)
    return this.#writer.json(telegram, name)
  }

  /** How many could not be read, and why; undefined where all were. @param hint what to look at where the key may be wrong */
  problem(hint: string): string | undefined {
    const wrong = [...this.#errors.values()].reduce((sum, times) => sum + times, 0)
    if (wrong === 0) return undefined
    const why = [...this.#errors.keys()].join(', ') + (this.#errors.has(WRONG_KEY) ? `; ${hint}` : '')
    return this.#count === 1 ? `1 of 1 telegram: ${why}` : `${wrong} of ${this.#count} telegrams: ${why}`
  }
}

/** What stands beside the answer of a reader that has read all. */
export function notesOf({ skipped }: TelegramReader): readonly string[] {
  return skipped > 0 ? [`lines without a telegram: ${skipped}`] : []
}

/** The telegrams of a text that is here as a whole, one a line. Fails where it has none. */
export function decodeAnswer(text: string, options: DecoderOptions): Result<Answer> {
  const decode = telegramDecoder(options)
  const decoded = new DecodedTelegrams()
  const lines: string[] = []
  const reader = new TelegramReader((telegram) => lines.push(decoded.json(decode(telegram))))
  readText(text, reader)
  if (lines.length === 0) return failure('no telegram given')
  return success({ lines, notes: notesOf(reader), problem: decoded.problem(KEY_HINT) })
}

/** Gives a whole text to a reader. */
export function readText(text: string, reader: TelegramReader): void {
  for (const line of text.split(/\r?\n/)) reader.push(line)
  reader.idle()
}
