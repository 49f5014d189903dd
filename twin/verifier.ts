import { createHash, createPublicKey, verify } from 'node:crypto'
import type { VerifierPort } from '../modules/ports/verifier.js'

/** What stands before the point in the key of P-256 as SubjectPublicKeyInfo (RFC 5480). */
const KEY_HEADER = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex')

export const nodeVerifier: VerifierPort = {
  digest() {
    const hash = createHash('sha256')
    return { write: (bytes) => void hash.update(bytes), close: () => new Uint8Array(hash.digest()) }
  },
  verify(publicKey, message, signature) {
    try {
      const key = createPublicKey({ key: Buffer.concat([KEY_HEADER, publicKey]), format: 'der', type: 'spki' })
      return verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature)
    } catch {
      return false
    }
  },
}
