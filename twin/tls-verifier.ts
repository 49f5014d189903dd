import { createPublicKey, verify } from 'node:crypto'
import type { TlsVerifierPort } from '../modules/ports/tls-verifier.js'
import { nodeVerifier } from './verifier.js'

export const nodeTlsVerifier: TlsVerifierPort = {
  ...nodeVerifier,
  verifyRsa(modulus, message, signature) {
    try {
      const n = Buffer.from(modulus).toString('base64url')
      const key = createPublicKey({ key: { kty: 'RSA', n, e: 'AQAB' }, format: 'jwk' })
      return verify('sha256', message, key, signature)
    } catch {
      return false
    }
  },
}
