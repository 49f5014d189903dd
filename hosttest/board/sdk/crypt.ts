/// <reference path="./globals.d.ts" />
import 'board/strings'
import { checkBuffer, toArrayBuffer, viewOf } from 'board/native'

/*
 * MOD/modules/crypt/digest/crypt.js, modCrypt.c, of which only SHA-256, AES and CBC are here:
 * :163 "crypt: unsupported digest"; :166 a digest has a record of 112 bytes in the heap and nothing else; :189 it takes text
 * too, and any buffer, a view too, of which it makes no copy; :227 close() answers and does not close, and what is written
 * then without a reset goes on from the end of the last: a rubbish digest;
 * :484, :498, :568 a cipher has a record of 300 bytes in the heap, for the keys of the rounds; :820, :870 a mode has one of 36;
 * :521 a key is an ArrayBuffer, no view, and so is an IV (:896, :1108); :525 "bad key size"; :564, :868 "unsupported";
 * :1144 a shorter IV is filled up with 0, a longer one cut; without one it is 0;
 * :916 what is encrypted may be a view; the result is as long, and the bytes behind the last whole block are 0 in it;
 * :919 "output too small"; :1101 what is decrypted has whole blocks alone;
 * :991 padding is written behind the result, which is somebody else's memory: a crash here;
 * the state is that of the last block, so that one call goes on where the last ended.
 */
/** Words of a native record: two, and a `struct sha256` (fips180.h:58). */
const RECORD = 28

export class Digest {
  /** Takes as much of the heap as the native record; the world has the state, under the number in the first word. */
  #record = new Uint32Array(RECORD)

  constructor(type: string) {
    if (String(type) !== 'SHA256') throw new Error('crypt: unsupported digest')
    this.#record[0] = world('crypt.digest')
  }

  write(data: unknown): void {
    world('crypt.write', this.#record[0], typeof data === 'string' ? ArrayBuffer.fromString(data) : checkBuffer(data))
  }

  close(more?: unknown): ArrayBuffer {
    return world(more ? 'crypt.peek' : 'crypt.close', this.#record[0])
  }

  reset(): void {
    world('crypt.reset', this.#record[0])
  }

  get blockSize(): number {
    return 64
  }

  get outputSize(): number {
    return 32
  }

  process(): ArrayBuffer {
    this.reset()
    // biome-ignore lint/complexity/noArguments: as many as there are
    for (const part of arguments) this.write(part)
    return this.close()
  }

  update(data: unknown): void {
    this.write(data)
  }
}

const BLOCK = 16
/** Bytes of the records: in front of the context of AES the reference, direction and sizes; a mode's with the last block. */
const CIPHER_RECORD = 300
const MODE_RECORD = 36
/** Where our cipher's record has the size of its key, which is at its beginning. */
const KEY_SIZE = 32

export class BlockCipher {
  /** As large as the native record. */
  declare private native: ArrayBuffer

  constructor(cipher: string, key: ArrayBuffer) {
    const bytes = toArrayBuffer(key)
    if (String(cipher) !== 'AES') throw new Error('unsupported cipher')
    if (![16, 24, 32].includes(bytes.byteLength)) throw new Error('bad key size')
    const native = new ArrayBuffer(CIPHER_RECORD)
    const view = new Uint8Array(native)
    view.set(new Uint8Array(bytes))
    view[KEY_SIZE] = bytes.byteLength
    Object.defineProperty(this, 'native', { value: native })
  }

  encrypt(data: unknown, result?: ArrayBuffer): ArrayBuffer {
    return oneBlock('crypt.encrypt', this.native, data, result)
  }

  decrypt(data: unknown, result?: ArrayBuffer): ArrayBuffer {
    return oneBlock('crypt.decrypt', this.native, data, result)
  }

  get keySize(): number {
    return new Uint8Array(this.native)[KEY_SIZE]!
  }

  get blockSize(): number {
    return BLOCK
  }
}

function oneBlock(operation: string, cipher: ArrayBuffer, data: unknown, result?: ArrayBuffer): ArrayBuffer {
  const bytes = typeof data === 'string' ? ArrayBuffer.fromString(data) : toArrayBuffer(data)
  if (result && result.byteLength < BLOCK) throw new Error('buffer too small')
  if (bytes.byteLength < BLOCK) throw new Error('bad size')
  const block: ArrayBuffer = world(operation, cipher, new ArrayBuffer(BLOCK), bytes.slice(0, BLOCK))
  if (!result) return block
  new Uint8Array(result).set(new Uint8Array(block))
  return result
}

export class Mode {
  #cipher: ArrayBuffer
  /** As large as the native record; at its beginning it has the last block. */
  #record = new ArrayBuffer(MODE_RECORD)
  #pad: boolean
  #eof = false

  constructor(mode: string, cipher: BlockCipher, iv?: ArrayBuffer, pad?: boolean) {
    if (String(mode) !== 'CBC') throw new Error('unsupported mode')
    this.#cipher = recordOf(cipher)
    this.#pad = Boolean(pad)
    if (iv) this.setIV(iv)
  }

  encrypt(data: unknown, result?: ArrayBuffer): ArrayBuffer {
    const bytes = viewOf(data)
    if (result && result.byteLength < bytes.length) throw new Error('output too small')
    const whole = bytes.length - (bytes.length % BLOCK)
    const blocks: ArrayBuffer = world('crypt.encrypt', this.#cipher, this.#record, bytes.subarray(0, whole))
    if (whole > 0) this.#keep(new Uint8Array(blocks, whole - BLOCK))
    if (this.#eof && this.#pad) world('chip.crash', 'crypt: padding behind the end of the result')
    if (result === undefined && whole === bytes.length) return blocks
    const output = result ?? new ArrayBuffer(bytes.length)
    new Uint8Array(output).set(new Uint8Array(blocks))
    return output
  }

  decrypt(data: unknown, result?: ArrayBuffer): ArrayBuffer {
    const bytes = viewOf(data)
    if (result && viewOf(result).length < bytes.length) throw new Error('output too small')
    const whole = bytes.length - (bytes.length % BLOCK)
    const blocks: ArrayBuffer = world('crypt.decrypt', this.#cipher, this.#record, bytes.subarray(0, whole))
    if (whole > 0) this.#keep(bytes.subarray(whole - BLOCK, whole))
    const padding = this.#eof && this.#pad ? new Uint8Array(blocks)[whole - 1]! : 0
    const length = whole - (padding > BLOCK ? 0 : padding)
    if (!result) return length === whole ? blocks : blocks.slice(0, length)
    viewOf(result).set(new Uint8Array(blocks))
    // xsmcSetArrayBufferLength of a buffer that cannot be resized.
    if (length !== bytes.length) throw new TypeError('not resizable')
    return result
  }

  setIV(iv: ArrayBuffer): void {
    const bytes = toArrayBuffer(iv)
    new Uint8Array(this.#record, 0, BLOCK).fill(0)
    this.#keep(new Uint8Array(bytes, 0, Math.min(BLOCK, bytes.byteLength)))
  }

  #keep(block: Uint8Array): void {
    new Uint8Array(this.#record).set(block)
  }

  get eof(): boolean {
    return this.#eof
  }

  set eof(eof: boolean) {
    this.#eof = Boolean(eof)
  }
}

export default Object.freeze({ Digest, BlockCipher, Mode })

/** The native side takes the key from the cipher's own memory. */
function recordOf(cipher: unknown): ArrayBuffer {
  if (!(cipher instanceof BlockCipher)) throw new SyntaxError('C: xsGetHostHandle: not a host object')
  return (cipher as unknown as { native: ArrayBuffer }).native
}
