/** Primitives every host has natively. Keys and IVs are 16 bytes; AES data is whole blocks, padding is the caller's. */
export interface CryptoPort {
  aesCbcEncrypt(key: Uint8Array, iv: Uint8Array, blocks: Uint8Array): Uint8Array
  aesCbcDecrypt(key: Uint8Array, iv: Uint8Array, blocks: Uint8Array): Uint8Array
  /** SHA-256 over the parts in order, 32 bytes. */
  sha256(...parts: Uint8Array[]): Uint8Array
  /** Bytes from a cryptographic source. */
  random(length: number): Uint8Array
}
