import type { VerifierPort } from './verifier.js'

/** What certificates are checked with. */
export interface TlsVerifierPort extends VerifierPort {
  /**
   * RSASSA-PKCS1-v1_5 with SHA-256 and the exponent 65537 (RFC 8017, 8.2.2): whether this key's owner signed. Never throws.
   * @param modulus big-endian, without leading zeros; the signature is as long
   */
  verifyRsa(modulus: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean
}
