import { isClear } from '../wmbus/encryption.js'
import type { Telegram } from '../wmbus/telegram.js'
import { isBorneOut } from './borne-out.js'

/** The verdict on the key that somebody has entered for the meter; the last has the signature in hexadecimal. */
export type KeyVerdict = 'not heard' | 'right' | 'wrong' | 'not encrypted' | 'other mode' | `unknown header ${string}`

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

  /** Returns whether the verdict has changed. */
  take(telegram: Telegram, at: number): boolean {
    const before = this.#verdict
    const kind = kindOf(telegram)
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
    if (kind.startsWith('unknown')) {
      if (ms >= UNEXPLAINED) this.#verdict = kind
    } else if (this.#verdict !== 'right') {
      this.#verdict = kind
    }
  }
}

/** What a telegram says about the key; undefined for one that was damaged on its way. */
function kindOf(telegram: Telegram): KeyVerdict | undefined {
  switch (telegram.result) {
    case 'ok':
    case 'data-crc':
      return 'right'
    case 'unknown-signature':
      return `unknown header ${telegram.signature!.toString(16).toUpperCase().padStart(4, '0')}`
    case 'payload-crc':
      return 'wrong'
    case 'unsupported-encryption':
      return isClear(telegram.frame) ? 'not encrypted' : 'other mode'
    default:
      return undefined
  }
}
