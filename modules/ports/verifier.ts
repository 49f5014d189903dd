/** What an update's hash and signature are checked with. */
export interface VerifierPort {
  /** SHA-256 over what comes in pieces. */
  digest(): Digest
  /**
   * ECDSA over P-256 with SHA-256 (FIPS 186-5, 6.4.2): whether this key's owner signed. Never throws: a key that is no
   * point of the curve verifies nothing.
   * @param publicKey the point's x and y, 64 bytes
   * @param signature r and s, 64 bytes, each from 1 to the order less 1
   */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean
}

export interface Digest {
  write(bytes: Uint8Array): void
  /** The 32 bytes. Nothing is written after. */
  close(): Uint8Array
}
