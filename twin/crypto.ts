import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import type { CryptoPort } from '../modules/ports/crypto.js'

export const nodeCrypto: CryptoPort = {
  aesCbcEncrypt(key, iv, blocks) {
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
