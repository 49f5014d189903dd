import type { CryptoPort } from '../ports/crypto.js'

const BLOCK = 64

/** HMAC-SHA256 (RFC 2104) for keys of at most 64 bytes. */
export class Hmac {
  #crypto: CryptoPort
  #inner = new Uint8Array(BLOCK).fill(0x36)
  #outer = new Uint8Array(BLOCK).fill(0x5c)

  constructor(crypto: CryptoPort, key: Uint8Array) {
    this.#crypto = crypto
    for (let i = 0; i < key.length; i++) {
      this.#inner[i]! ^= key[i]!
      this.#outer[i]! ^= key[i]!
    }
  }

  /** The 32-byte tag over a topic and what comes with it. */
  sign(topic: Uint8Array, body: Uint8Array): Uint8Array {
    return this.#crypto.sha256(this.#outer, this.#crypto.sha256(this.#inner, topic, body))
  }

  /** Compares in constant time. */
  verify(tag: Uint8Array, topic: Uint8Array, body: Uint8Array): boolean {
    const expected = this.sign(topic, body)
    let difference = tag.length ^ expected.length
    for (let i = 0; i < expected.length; i++) difference |= expected[i]! ^ (tag[i] ?? 0)
    return difference === 0
  }
}
