import { toHex } from '../codec/hex.js'
import { DerReader, Tag } from './der.js'

/** The order of P-256's group (SEC 2, 2.4.2). */
const ORDER = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'
const SIZE = 32

/**
 * r and s, 64 bytes, of an ECDSA signature in DER; undefined unless each is from 1 to the order less 1. The SDK would compute
 * for ever with an s of 0 (docs/sdk-limits.md).
 */
export function scalarsOf(signature: Uint8Array): Uint8Array | undefined {
  const outer = new DerReader(signature)
  const inside = outer.open(Tag.sequence)
  const r = inside.unsigned()
  const s = inside.unsigned()
  const isWhole = !outer.broken && outer.isAtEnd && !inside.broken && inside.isAtEnd
  if (!isWhole || !isScalar(r) || !isScalar(s)) return undefined
  const scalars = new Uint8Array(2 * SIZE)
  scalars.set(r, SIZE - r.length)
  scalars.set(s, 2 * SIZE - s.length)
  return scalars
}

function isScalar(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes.length <= SIZE && toHex(bytes).padStart(2 * SIZE, '0') < ORDER
}
