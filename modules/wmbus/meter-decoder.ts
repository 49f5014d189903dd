import { type DecodeOptions, decodeTelegram } from './decode.js'
import { meterIdOf } from './link.js'
import type { Telegram } from './telegram.js'

/** The telegrams of one meter among those of all that are heard. */
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
   * The telegram of a frame; none when it is another meter's, which costs next to nothing. A full frame that explains
   * the last compact one, undecodable until then, gives that one first and then itself.
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
