import { cbc } from '@noble/ciphers/aes.js'
import { sha256 } from '@noble/hashes/sha2.js'
import type { Part } from './hardware.js'

/** AES-CBC and SHA-256 as everybody else computes them; calls are counted. */
export class Crypt implements Part {
  readonly operations
  digests = 0
  /** Bytes enciphered and deciphered. */
  bytes = 0

  constructor() {
    this.operations = {
      'crypt.sha256': (data: ArrayBuffer) => {
        this.digests++
        return bufferOf(sha256(new Uint8Array(data)))
      },
      'crypt.encrypt': (key: ArrayBuffer, iv: ArrayBuffer, blocks: ArrayBuffer) =>
        bufferOf(this.#mode(key, iv, blocks).encrypt(new Uint8Array(blocks))),
      'crypt.decrypt': (key: ArrayBuffer, iv: ArrayBuffer, blocks: ArrayBuffer) =>
        bufferOf(this.#mode(key, iv, blocks).decrypt(new Uint8Array(blocks))),
    }
  }

  #mode(key: ArrayBuffer, iv: ArrayBuffer, blocks: ArrayBuffer) {
    this.bytes += blocks.byteLength
    return cbc(new Uint8Array(key), new Uint8Array(iv), { disablePadding: true })
  }
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer as ArrayBuffer
}
