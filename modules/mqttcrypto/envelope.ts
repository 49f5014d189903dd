import { failure, type Result, success } from '../codec/result.js'
import { decodeUtf8, encodeUtf8 } from '../codec/utf8.js'
import type { CryptoPort } from '../ports/crypto.js'
import { Hmac } from './hmac.js'

/** Bytes of the HMAC at the head of a message. */
export const TAG_LENGTH = 32
const BLOCK = 16
const HEADER = TAG_LENGTH + BLOCK

/** The envelope opens topics and messages up to these lengths, as the original did: its buffers had 128 and 512 bytes. */
export const MAX_TOPIC_LENGTH = 127
const MAX_MESSAGE_LENGTH = 511

/**
 * Seals and opens messages with the keys derived from one master key: SHA-256 of its 16 bytes, the first half for
 * AES-128-CBC, the second for HMAC-SHA256. A message is HMAC | IV | ciphertext; the HMAC covers topic, IV and
 * ciphertext; the cleartext is the text, one NUL and PKCS#7 padding.
 */
export class Envelope {
  #crypto: CryptoPort
  #key!: Uint8Array
  #hmac!: Hmac

  /** @param master 16 bytes */
  constructor(crypto: CryptoPort, master: Uint8Array) {
    this.#crypto = crypto
    this.use(master)
  }

  /** Seals and opens with another master key from now on. */
  use(master: Uint8Array): void {
    const crypto = this.#crypto
    const derived = crypto.sha256(master)
    this.#key = derived.slice(0, 16)
    this.#hmac = new Hmac(crypto, derived.slice(16, 32))
  }

  seal(topic: string, text: string, iv = this.#crypto.random(BLOCK)): Uint8Array {
    const clear = encodeUtf8(text)
    const length = clear.length + 1
    const padding = BLOCK - (length % BLOCK)
    const padded = new Uint8Array(length + padding)
    padded.set(clear)
    padded.fill(padding, length)
    const cipher = this.#crypto.aesCbcEncrypt(this.#key, iv, padded)
    const message = new Uint8Array(HEADER + cipher.length)
    message.set(iv, TAG_LENGTH)
    message.set(cipher, HEADER)
    message.set(this.#hmac.sign(encodeUtf8(topic), message.subarray(TAG_LENGTH)))
    return message
  }

  /** The text of a message, or the check that failed: `length`, `hmac` or `padding`. */
  open(topic: string, message: Uint8Array, limit = MAX_MESSAGE_LENGTH): Result<string> {
    const refusal = this.refusal(topic, message, limit)
    return refusal === undefined ? this.decrypt(message) : failure(refusal)
  }

  /**
   * Whether nobody without the key has made or changed a message; else the check that failed, `length` or `hmac`. Nothing
   * is copied or deciphered for it, so that whoever sends rubbish takes little memory.
   */
  refusal(topic: string, message: Uint8Array, limit = MAX_MESSAGE_LENGTH): string | undefined {
    const { length } = message
    if (topic.length < 1 || topic.length > MAX_TOPIC_LENGTH)
      return `length: expected a topic of 1 to ${MAX_TOPIC_LENGTH} characters, got ${topic.length}`
    if (length > limit) return `length: expected at most ${limit} bytes, got ${length}`
    if (length < HEADER + BLOCK) return `length: expected at least ${HEADER + BLOCK} bytes, got ${length}`
    if (length % BLOCK !== 0) return `length: expected a multiple of ${BLOCK}, got ${length}`
    const signed = message.subarray(TAG_LENGTH)
    if (this.#hmac.verify(message.subarray(0, TAG_LENGTH), encodeUtf8(topic), signed)) return undefined
    return 'hmac: topic, IV or ciphertext do not match the tag, or the key is another'
  }

  /** The text of a message that `refusal` has nothing against; the check that failed is `padding`. */
  decrypt(message: Uint8Array): Result<string> {
    const clear = this.#crypto.aesCbcDecrypt(this.#key, message.subarray(TAG_LENGTH, HEADER), message.subarray(HEADER))
    const length = unpaddedLength(clear)
    if (length <= 0) return failure('padding: expected PKCS#7 padding after at least one byte')
    const nul = clear.subarray(0, length).indexOf(0)
    return success(decodeUtf8(clear, 0, nul < 0 ? length : nul))
  }
}

/** Length without PKCS#7 padding; -1 when the padding is malformed. */
function unpaddedLength(clear: Uint8Array): number {
  const padding = clear[clear.length - 1]!
  if (padding < 1 || padding > BLOCK) return -1
  for (let i = clear.length - padding; i < clear.length; i++) if (clear[i] !== padding) return -1
  return clear.length - padding
}
