import { meterIdOf } from './data-link.js'
import { type DecodeOptions, decodeTelegram } from './decode.js'
import type { Telegram } from './telegram.js'

/** Decodes the telegrams of one meter and rejects those of all others. */
export class MeterDecoder {
  #id: number
  #options: DecodeOptions
  #waiting: Uint8Array | undefined

  /** @param id as `parseMeterId` makes it of the digits */
  constructor(id: number, options: DecodeOptions) {
    this.#id = id
    this.#options = options
  }

  /**
   * Decodes a frame. Returns nothing for the frame of another meter, at next to no cost. Returns two telegrams for a
   * full frame that explains the compact one before it, the compact one first.
   */
  decode(bytes: Uint8Array): readonly Telegram[] {
    if (meterIdOf(bytes) !== this.#id) return []
    const telegram = decodeTelegram(bytes, this.#options)
    if (telegram.result === 'unknown-signature') this.#waiting = bytes.slice()
    if (this.#waiting === undefined || telegram.result !== 'ok' || telegram.isCompact) return [telegram]
    const late = decodeTelegram(this.#waiting, this.#options)
    this.#waiting = undefined
    return late.result === 'ok' ? [late, telegram] : [telegram]
  }
}
