import { cbc, ctr, ecb } from '@noble/ciphers/aes.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { seededRandom } from '../../../twin/random.js'
import { isSigned } from '../../support/p256.js'

/** Of `node:crypto`, what the twin uses. */

export function createCipheriv(name: string, key: Uint8Array, iv: Uint8Array | null) {
  if (iv === null) return blocks((bytes) => ecb(key, { disablePadding: true }).encrypt(bytes))
  return name === 'aes-128-cbc' ? blocks((bytes) => unpadded(key, iv).encrypt(bytes)) : stream(key, iv)
}

export function createDecipheriv(_name: string, key: Uint8Array, iv: Uint8Array) {
  return blocks((bytes) => unpadded(key, iv).decrypt(bytes))
}

export function createHash() {
  const hash = sha256.create()
  return { update: (bytes: Uint8Array) => hash.update(bytes), digest: () => hash.digest() }
}

/** The point behind the header of SubjectPublicKeyInfo. */
export function createPublicKey({ key }: { readonly key: Uint8Array }): Uint8Array {
  return key.subarray(-64)
}

export function verify(
  _hash: string,
  message: Uint8Array,
  { key }: { readonly key: Uint8Array },
  signature: Uint8Array,
) {
  return isSigned(key, sha256(message), signature)
}

const chance = seededRandom(1)

/** The same in each run. */
export function randomBytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, () => chance() * 256)
}

function unpadded(key: Uint8Array, iv: Uint8Array) {
  return cbc(key, iv, { disablePadding: true })
}

function blocks(update: (bytes: Uint8Array) => Uint8Array) {
  const cipher = { setAutoPadding: () => cipher, update, final: () => new Uint8Array(0) }
  return cipher
}

function stream(key: Uint8Array, counter: Uint8Array) {
  let position = 0
  return {
    update(bytes: Uint8Array): Uint8Array {
      const padded = new Uint8Array(position + bytes.length)
      padded.set(bytes, position)
      const part = ctr(key, counter).encrypt(padded).subarray(position)
      position += bytes.length
      return part
    },
  }
}
