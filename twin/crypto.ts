import { type Cipher, createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import type { CryptoPort } from '../modules/ports/crypto.js'

const BLOCK = 16

const NONE = new Uint8Array(0)

/** Blocks that are encrypted at once where counters are: a telegram has at most so many as a rule. */
const AHEAD = 3

/**
 * AES of single blocks. It keeps the cipher of the last key, because to make one takes ten times as long as its block, and
 * the next blocks of a counter: three calls take three times as long as one.
 */
class BlockCipher {
  #key: Uint8Array = NONE
  #cipher: Cipher | undefined
  #block = new Uint8Array(BLOCK)
  #counters = new Uint8Array(AHEAD * BLOCK)
  #stream: Uint8Array = NONE

  /** The block cipher over the exclusive or of two blocks. */
  encrypt(key: Uint8Array, one: Uint8Array, other: Uint8Array): Uint8Array {
    const block = this.#block
    for (let i = 0; i < BLOCK; i++) block[i] = one[i]! ^ other[i]!
    if (this.#cipher === undefined || !isEqual(this.#key, key)) {
      this.#key = key.slice()
      this.#cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false)
      this.#stream = NONE
    }
    const place = this.#placeOf(block)
    if (place >= 0) return this.#stream.subarray(place, place + BLOCK)
    const counters = this.#counters
    for (let i = 0; i < AHEAD; i++) {
      counters.set(block, BLOCK * i)
      counters[BLOCK * i + BLOCK - 1] = block[BLOCK - 1]! + i
    }
    this.#stream = this.#cipher.update(counters)
    return this.#stream.subarray(0, BLOCK)
  }

  /** Where the stream has a block that was encrypted before; -1 where it has none. */
  #placeOf(block: Uint8Array): number {
    if (this.#stream.length === 0) return -1
    const counters = this.#counters
    for (let i = 0; i < BLOCK - 1; i++) if (block[i] !== counters[i]) return -1
    const ahead = (block[BLOCK - 1]! - counters[BLOCK - 1]!) & 0xff
    return ahead < AHEAD ? ahead * BLOCK : -1
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < BLOCK; i++) if (a[i] !== b[i]) return false
  return a.length === b.length
}

const single = new BlockCipher()

export const nodeCrypto: CryptoPort = {
  aesCbcEncrypt(key, iv, blocks) {
    if (blocks.length === BLOCK) return single.encrypt(key, iv, blocks)
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
