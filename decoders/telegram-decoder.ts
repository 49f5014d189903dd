import type { CryptoPort } from '../modules/ports/crypto.js'
import { KNOWN_HEADERS } from '../modules/radio/detect.js'
import { meterIdOf } from '../modules/wmbus/data-link.js'
import { type DiagnosedTelegram, diagnose } from '../modules/wmbus/diagnose.js'
import { type KnownHeader, Signatures } from '../modules/wmbus/signatures.js'
import type { LineTelegram } from './heard-bytes.js'

/** Decodes a telegram; what full frames teach stays for those behind them. */
export type Decoder = (telegram: LineTelegram) => DiagnosedTelegram

export interface DecoderOptions {
  readonly crypto: CryptoPort
  /** Undefined where telegrams are not encrypted. */
  readonly key: Uint8Array | undefined
  /** The meter that has the key; telegrams of any other are decoded without one. */
  readonly id?: number | undefined
  /** Headers that are known beside the built-in ones. */
  readonly headers?: readonly KnownHeader[]
}

/** Meters whose own headers are remembered. */
const MOST_METERS = 10_000

export function telegramDecoder({ crypto, key, id, headers = [] }: DecoderOptions): Decoder {
  const known = [...headers, ...KNOWN_HEADERS]
  const meters = new Map<number, Signatures>()
  let fresh = new Signatures(known)
  return ({ bytes, isChecked }) => {
    const from = meterIdOf(bytes)
    const isOther = id !== undefined && from !== undefined && from !== id
    const signatures = (from === undefined ? undefined : meters.get(from)) ?? fresh
    const telegram = diagnose(bytes, { key: isOther ? undefined : key, crypto, signatures, isChecked })
    if (signatures === fresh && fresh.isUnsaved) {
      // Only meters that taught something are kept.
      if (from !== undefined && meters.size < MOST_METERS) meters.set(from, fresh)
      fresh = new Signatures(known)
    }
    return telegram
  }
}
