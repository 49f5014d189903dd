import type { CryptoPort } from '../../modules/ports/crypto.js'

/**
 * Stands in for AES and SHA-256 where they are not what is tested (XS on its own has neither): reversible, and any
 * change of key, IV or data changes the result.
 */
export const stubCrypto: CryptoPort = {
  aesCbcEncrypt: (key, iv, blocks) => blocks.map((byte, i) => byte ^ key[i & 15]! ^ iv[i & 15]!),
  aesCbcDecrypt: (key, iv, blocks) => blocks.map((byte, i) => byte ^ key[i & 15]! ^ iv[i & 15]!),
  sha256(...parts) {
    const digest = new Uint8Array(32).fill(0x5a)
    let at = 0
    for (const part of parts) {
      for (const byte of part) {
        digest[at & 31] = ((digest[at & 31]! << 1) ^ (digest[(at + 7) & 31]! >> 3) ^ byte ^ at) & 0xff
        at++
      }
    }
    return digest
  },
  random: (length) => new Uint8Array(length).fill(7),
}
