import { cbc } from '@noble/ciphers/aes.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { isSigned } from '../../support/p256.js'
import type { Part } from './hardware.js'

/** Goes before what is written to a digest that was closed and not reset. */
const RUBBISH = new Uint8Array(64)

const BLOCK = 16
const LONGEST_KEY = 32

/** AES-CBC and SHA-256 as everybody else computes them; calls are counted. */
export class Crypt implements Part {
  readonly operations
  digests = 0
  /** Bytes enciphered and deciphered. */
  bytes = 0
  /** Digests that were begun and not closed. */
  #open = new Map<number, ReturnType<typeof sha256.create>>()
  #last = 0

  constructor() {
    this.operations = {
      'crypt.digest': () => {
        this.#open.set(++this.#last, sha256.create())
        return this.#last
      },
      'crypt.write': (id: number, data: ArrayBuffer) => {
        const digest = this.#open.get(id) ?? sha256.create().update(RUBBISH)
        this.#open.set(id, digest.update(new Uint8Array(data)))
      },
      'crypt.peek': (id: number) => bufferOf(this.#open.get(id)!.clone().digest()),
      'crypt.reset': (id: number) => void this.#open.set(id, sha256.create()),
      'crypt.close': (id: number) => {
        this.digests++
        const digest = this.#open.get(id) ?? sha256.create().update(RUBBISH)
        this.#open.delete(id)
        return bufferOf(digest.digest())
      },
      'crypt.verify': (key: ArrayBuffer, digest: ArrayBuffer, signature: ArrayBuffer) =>
        isSigned(new Uint8Array(key), new Uint8Array(digest), new Uint8Array(signature)),
      'crypt.encrypt': (cipher: ArrayBuffer, mode: ArrayBuffer, blocks: ArrayBuffer) =>
        bufferOf(this.#mode(cipher, mode, blocks).encrypt(new Uint8Array(blocks))),
      'crypt.decrypt': (cipher: ArrayBuffer, mode: ArrayBuffer, blocks: ArrayBuffer) =>
        bufferOf(this.#mode(cipher, mode, blocks).decrypt(new Uint8Array(blocks))),
    }
  }

  reset(): void {
    this.#open.clear()
  }

  /** What the stand-in keeps in its records: the key with its size behind the longest one, and the last block. */
  #mode(cipher: ArrayBuffer, mode: ArrayBuffer, blocks: ArrayBuffer) {
    this.bytes += blocks.byteLength
    const record = new Uint8Array(cipher)
    const key = record.slice(0, record[LONGEST_KEY])
    return cbc(key, new Uint8Array(mode, 0, BLOCK), { disablePadding: true })
  }
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer as ArrayBuffer
}
