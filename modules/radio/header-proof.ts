import { toHex } from '../codec/hex.js'
import { headersOf } from '../wmbus/compact.js'
import type { Signatures } from '../wmbus/signatures.js'
import type { Telegram } from '../wmbus/telegram.js'
import { isBorneOut } from './borne-out.js'
import { KNOWN_HEADERS } from './detect.js'
import type { RadioHeader } from './header-list.js'

interface Candidate {
  readonly signature: number
  /** The entered header with this signature, where the telegrams bear it out; undefined where they say something else. */
  readonly entered: RadioHeader | undefined
  readonly since: number
  lastSession: number
  count: number
}

/** A meter sends one or two headers. */
const MAX_CANDIDATES = 4

/**
 * Learns which records the meter sends. Whoever knows what a telegram says can compose another one of up to its length,
 * with other records: only headers that several telegrams had, full or compact, are those of the meter. A header that
 * somebody has entered is never learned from compact telegrams: it goes with the list, and full frames go over it.
 */
export class HeaderProof {
  #signatures: Signatures
  #candidates: Candidate[] = []
  /** Signatures of entered headers that several compact telegrams had. */
  #entered: number[] = []

  /** @param signatures those that were learned are those of the meter */
  constructor(signatures: Signatures) {
    this.#signatures = signatures
  }

  /** Returns whether the telegram was read with a guess that the meter has not confirmed. */
  isGuess({ result, isCompact, signature }: Telegram): boolean {
    return result === 'ok' && isCompact && this.#enteredAs(signature!)?.isGuess === true
  }

  /** Returns whether the meter is known to send records like those of this telegram. */
  take(telegram: Telegram, at: number): boolean {
    const { signature, sessionNumber, isCompact, data } = telegram
    if (signature === undefined || sessionNumber === undefined) return false
    if (this.#signatures.isLearned(signature)) return true
    const entered = this.#enteredAs(signature)
    if (entered !== undefined && this.#entered.includes(signature)) {
      if (isCompact || data === undefined) return true
      // Compact telegrams have proven the header already: one full frame with it adds nothing that could be wrong.
      if (hasHeader(telegram, entered)) return this.#signatures.learn(headersOf(data.bytes, data.start))
    }
    // What bears the entered header out must not bear out a full frame that contradicts it: one can be forged.
    const borneOut = entered !== undefined && hasHeader(telegram, entered) ? entered : undefined
    const candidate = this.#candidates.find((it) => it.signature === signature && it.entered === borneOut)
    if (candidate === undefined) {
      this.#candidates.push({ signature, entered: borneOut, since: at, lastSession: sessionNumber, count: 1 })
      if (this.#candidates.length > MAX_CANDIDATES) this.#candidates.shift()
      return false
    }
    if (candidate.lastSession !== sessionNumber) candidate.count++
    candidate.lastSession = sessionNumber
    if (data === undefined || !isBorneOut(candidate.count, at - candidate.since)) return false
    if (entered?.isGuess && isCompact) return false
    this.#candidates = this.#candidates.filter((it) => it !== candidate)
    if (entered === undefined || !isCompact) return this.#signatures.learn(headersOf(data.bytes, data.start))
    this.#entered.push(signature)
    return true
  }

  /** The entered header that stands for a signature; undefined where the meter or a driver tells it. */
  #enteredAs(signature: number): RadioHeader | undefined {
    const { known: all } = this.#signatures
    if (all === KNOWN_HEADERS || this.#signatures.isLearned(signature)) return undefined
    const known = all.find((it) => it.signature === signature)
    return known !== undefined && 'isGuess' in known ? (known as RadioHeader) : undefined
  }
}

/** Whether a telegram was read with this header, or has it as a full frame. */
function hasHeader({ isCompact, data }: Telegram, { hex }: RadioHeader): boolean {
  return data !== undefined && (isCompact || toHex(headersOf(data.bytes, data.start)) === hex)
}
