import * as crypt from 'crypt'
import type { Machine } from 'device/machine'
import type { CryptoPort } from '../ports/crypto.js'

/** The part of the SDK's module that its typings leave out. */
interface Ciphers {
  readonly BlockCipher: new (cipher: 'AES', key: ArrayBuffer) => object
  readonly Digest: new (digest: 'SHA256') => Digest
  readonly Mode: new (mode: 'CBC', cipher: object, iv: ArrayBuffer) => Mode
}
interface Mode {
  encrypt(blocks: Uint8Array): ArrayBuffer
  decrypt(blocks: Uint8Array): ArrayBuffer
}
/** It reads a view in place (modCrypt.c:189), which takes nothing of the heap. */
interface Digest {
  write(bytes: Uint8Array): void
  close(): ArrayBuffer
}
const { BlockCipher, Digest, Mode } = crypt as unknown as Ciphers

/** The SDK's native AES and SHA-256. Its own padding writes beyond the result, so that padding is never left to it. */
export class DeviceCrypto implements CryptoPort {
  #machine: Machine

  constructor(machine: Machine) {
    this.#machine = machine
  }

  aesCbcEncrypt(key: Uint8Array, iv: Uint8Array, blocks: Uint8Array): Uint8Array {
    return new Uint8Array(cbc(key, iv).encrypt(blocks))
  }

  aesCbcDecrypt(key: Uint8Array, iv: Uint8Array, blocks: Uint8Array): Uint8Array {
    return new Uint8Array(cbc(key, iv).decrypt(blocks))
  }

  sha256(...parts: Uint8Array[]): Uint8Array {
    const digest = new Digest('SHA256')
    // An iterator would take more memory than the digest.
    for (let i = 0; i < parts.length; i++) digest.write(parts[i]!)
    return new Uint8Array(digest.close())
  }

  random(length: number): Uint8Array {
    const bytes = new Uint8Array(length)
    for (let i = 0; i < length; i++) bytes[i] = this.#machine.random32() & 0xff
    return bytes
  }
}

function cbc(key: Uint8Array, iv: Uint8Array): Mode {
  return new Mode('CBC', new BlockCipher('AES', bufferOf(key)), bufferOf(iv))
}

/** Exactly the bytes of the view: keys and IVs have to be whole buffers (modCrypt.c:521, 896). */
function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer
}
