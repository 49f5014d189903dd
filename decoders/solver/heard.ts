import { CI_AT } from '../../modules/wmbus/data-link.js'
import type { DiagnosedTelegram } from '../../modules/wmbus/diagnose.js'
import { ELL, ELL_PAYLOAD_AT, ELL_SESSION, openTransport } from '../../modules/wmbus/encryption.js'
import type { Compact } from './compact.js'

/** The compact telegrams of one signature and length, in the order of time. */
export interface Heard {
  readonly signature: number
  readonly isKnown: boolean
  readonly telegrams: DiagnosedTelegram[]
  readonly compacts: Compact[]
}

/** Bits of the session number that count; the others say how a telegram is encrypted. */
const SESSION_COUNT = 0x1fffffff

/**
 * The compact telegrams among those of one meter that passed the checks of their payloads. Those that nobody understands
 * come first, then those heard most often.
 */
export function compactsIn(telegrams: readonly DiagnosedTelegram[]): Heard[] {
  const found = new Map<string, Heard>()
  for (const telegram of inOrder(telegrams)) {
    const { signature, frame, result } = telegram
    if (!telegram.isCompact || signature === undefined) continue
    if (result !== 'unknown-signature' && result !== 'ok') continue
    const start = valuesAt(frame)
    const key = `${signature} ${frame.length - start}`
    const heard = found.get(key) ?? { signature, isKnown: result === 'ok', telegrams: [], compacts: [] }
    found.set(key, heard)
    heard.telegrams.push(telegram)
    heard.compacts.push({
      signature,
      dataCrc: frame[start - 2]! | (frame[start - 1]! << 8),
      data: frame.slice(start),
    })
  }
  return [...found.values()].sort(
    (a, b) => Number(a.isKnown) - Number(b.isKnown) || b.telegrams.length - a.telegrams.length,
  )
}

/** In the order of session numbers, where all have one. */
function inOrder(telegrams: readonly DiagnosedTelegram[]): readonly DiagnosedTelegram[] {
  if (telegrams.some(({ sessionNumber }) => sessionNumber === undefined)) return telegrams
  const countOf = ({ sessionNumber }: DiagnosedTelegram) => sessionNumber! & SESSION_COUNT
  return [...telegrams].sort((a, b) => countOf(a) - countOf(b))
}

/** The offset of the values of a compact frame that passed the checks of its payload. */
function valuesAt(frame: Uint8Array): number {
  const ci = frame[CI_AT]
  const at = ci === ELL_SESSION ? ELL_PAYLOAD_AT : ci === ELL ? CI_AT + 3 : CI_AT
  return (openTransport(frame, at) as number) + 4
}
