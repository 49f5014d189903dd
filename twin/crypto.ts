import { type Cipher, createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import type { CryptoPort } from '../modules/ports/crypto.js'

const BLOCK = 16

/** AES of single blocks. It keeps the cipher of the last key, because to make one takes ten times as long as its block. */
class BlockCipher {
  #key = new Uint8Array(0)
  #cipher: Cipher | undefined

  encrypt(key: Uint8Array, block: Uint8Array): Uint8Array {
    if (this.#cipher === undefined || !this.#isOf(key)) {
      this.#key = key.slice()
      this.#cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false)
    }
    return this.#cipher.update(block)
  }

  #isOf(key: Uint8Array): boolean {
    const kept = this.#key
    for (let i = 0; i < BLOCK; i++) if (key[i] !== kept[i]) return false
    return key.length === BLOCK
  }
}

const single = new BlockCipher()

export const nodeCrypto: CryptoPort = {
  aesCbcEncrypt(key, iv, blocks) {
    if (blocks.length === BLOCK)
      return single.encrypt(
        key,
        blocks.map((byte, i) => byte ^ iv[i]!),
      )
    const cipher = createCipheriv('aes-128-cbc', key, iv).setAutoPadding(false)
    return new Uint8Array(Buffer.concat([cipher.update(blocks), cipher.final()]))
  },
  aesCbcDecrypt(key, iv, blocks) {
    const decipher = createDecipheriv('aes-128-cbc', key, iv).setAutoPadding(false)
    return new Uint8Array(Buffer.concat([decipher.update(blocks), decipher.final()]))
  },
  sha256(...parts) {
    const hash = createHash('sha256')
    for (const part of parts) hash.update(part)
    return new Uint8Array(hash.digest())
  },
  random: (length) => new Uint8Array(randomBytes(length)),
}
