import { headersOf } from '../wmbus/compact.js'
import type { Signatures } from '../wmbus/signatures.js'
import type { Telegram } from '../wmbus/telegram.js'
import { isBorneOut } from './borne-out.js'

interface Candidate {
  readonly signature: number
  readonly since: number
  lastSession: number
  count: number
}

/** A meter sends one or two headers. */
const MAX_CANDIDATES = 4

/**
 * Learns which records the meter sends. Whoever knows what a telegram says can compose another one of up to its length,
 * with other records: only headers that several telegrams had, full or compact, are those of the meter.
 */
export class HeaderProof {
  #signatures: Signatures
  #candidates: Candidate[] = []

  /** @param signatures those that were learned are those of the meter */
  constructor(signatures: Signatures) {
    this.#signatures = signatures
  }

  /** Returns whether the meter is known to send records like those of this telegram. */
  take(telegram: Telegram, at: number): boolean {
    const { signature, sessionNumber } = telegram
    if (signature === undefined || sessionNumber === undefined) return false
    if (this.#signatures.isLearned(signature)) return true
    const candidate = this.#candidates.find((it) => it.signature === signature)
    if (candidate === undefined) {
      this.#candidates.push({ signature, since: at, lastSession: sessionNumber, count: 1 })
      if (this.#candidates.length > MAX_CANDIDATES) this.#candidates.shift()
      return false
    }
    if (candidate.lastSession !== sessionNumber) candidate.count++
    candidate.lastSession = sessionNumber
    if (telegram.data === undefined || !isBorneOut(candidate.count, at - candidate.since)) return false
    this.#candidates = this.#candidates.filter((it) => it !== candidate)
    return this.#signatures.learn(headersOf(telegram.data.bytes, telegram.data.start))
  }
}
