import { isClear } from '../wmbus/encryption.js'
import type { Telegram } from '../wmbus/telegram.js'
import { isBorneOut } from './borne-out.js'
import { signatureText } from './header-list.js'

/** What comes before the signature: nobody has told what the meter sends, or somebody has entered a guess. */
const UNKNOWN = 'unknown header'
const UNCONFIRMED = 'header not confirmed'

/** The verdict on the key that somebody has entered for the meter; the last two have the signature in hexadecimal. */
export type KeyVerdict =
  | 'not heard'
  | 'right'
  | 'wrong'
  | 'not encrypted'
  | 'other mode'
  | `${typeof UNKNOWN} ${string}`
  | `${typeof UNCONFIRMED} ${string}`

/** Whether the meter is read with a guess. */
export function isUnconfirmed(key: KeyVerdict): boolean {
  return key.startsWith(UNCONFIRMED)
}

/** A full frame, which explains the header, comes every two minutes. */
const UNEXPLAINED = 300_000

/**
 * Judges what is heard of a meter. One telegram proves nothing, because anybody can send one: a verdict needs several over
 * time. A telegram that decrypts ends what speaks against the key.
 */
export class KeyJudge {
  #verdict: KeyVerdict = 'not heard'
  #candidate: KeyVerdict = 'not heard'
  #since = 0
  #count = 0
  #rights = 0
  #rightSince = 0

  get verdict(): KeyVerdict {
    return this.#verdict
  }

  /**
   * Returns whether the verdict has changed.
   * @param isGuess whether the telegram was read with a header that may be wrong
   */
  take(telegram: Telegram, at: number, isGuess: boolean): boolean {
    const before = this.#verdict
    const kind = isGuess ? (`${UNCONFIRMED} ${signatureText(telegram.signature!)}` as const) : verdictOf(telegram)
    if (kind === 'right') this.#takeRight(at)
    else if (kind !== undefined) this.#takeOther(kind, at)
    return this.#verdict !== before
  }

  /** A telegram was believed: the key is right. */
  accept(): void {
    this.#verdict = 'right'
  }

  #takeRight(at: number): void {
    if (this.#rights++ === 0) this.#rightSince = at
    this.#candidate = 'not heard'
    if (isBorneOut(this.#rights, at - this.#rightSince)) this.#verdict = 'right'
  }

  #takeOther(kind: KeyVerdict, at: number): void {
    if (this.#candidate !== kind) {
      this.#candidate = kind
      this.#since = at
      this.#count = 0
    }
    this.#count++
    const ms = at - this.#since
    if (!isBorneOut(this.#count, ms)) return
    if (kind.startsWith(UNKNOWN) || (kind.startsWith(UNCONFIRMED) && this.#verdict === 'right')) {
      if (ms >= UNEXPLAINED) this.#verdict = kind
    } else if (this.#verdict !== 'right') {
      this.#verdict = kind
    }
  }
}

/** What a telegram says about the key; undefined for one that was damaged on its way. */
export function verdictOf(telegram: Telegram): KeyVerdict | undefined {
  switch (telegram.result) {
    case 'ok':
      return 'right'
    // What is known of this signature does not fit: it is that of another meter, or was entered wrongly.
    case 'data-crc':
    case 'unknown-signature':
      return `${UNKNOWN} ${signatureText(telegram.signature!)}`
    case 'payload-crc':
      return 'wrong'
    case 'unsupported-encryption':
      return isClear(telegram.frame) ? 'not encrypted' : 'other mode'
    default:
      return undefined
  }
}
