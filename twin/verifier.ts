import { createHash, createPublicKey, verify } from 'node:crypto'
import { fromHex } from '../modules/codec/hex.js'
import type { VerifierPort } from '../modules/ports/verifier.js'

/** What stands before the point in the key of P-256 as SubjectPublicKeyInfo (RFC 5480). */
const KEY_HEADER = fromHex('3059301306072a8648ce3d020106082a8648ce3d03010703420004')!

export const nodeVerifier: VerifierPort = {
  digest() {
    const hash = createHash('sha256')
    return { write: (bytes) => void hash.update(bytes), close: () => new Uint8Array(hash.digest()) }
  },
  verify(publicKey, message, signature) {
    try {
      const der = new Uint8Array(KEY_HEADER.length + publicKey.length)
      der.set(KEY_HEADER)
      der.set(publicKey, KEY_HEADER.length)
      const key = createPublicKey({ key: der as Buffer, format: 'der', type: 'spki' })
      return verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature)
    } catch {
      return false
    }
  },
}
