import { crc16En13757 } from '../../modules/codec/crc16-en13757.js'
import { fromHex } from '../../modules/codec/hex.js'
import type { CryptoPort } from '../../modules/ports/crypto.js'
import { decryptSession } from '../../modules/wmbus/encryption.js'
import { stubCrypto } from '../support/crypto.js'

const PAYLOAD_AT = 17

/** A block cipher that is quick and that nobody in the game looks into. */
export const QUICK: CryptoPort = {
  ...stubCrypto,
  aesCbcEncrypt: (_key, counter) => {
    const block = new Uint8Array(16)
    let state = 0x9e3779b9
    for (const byte of counter) state = Math.imul(state ^ byte, 0x01000193) ^ (state >>> 15)
    for (let i = 0; i < 16; i++) {
      state = Math.imul(state ^ (state >>> 13), 0x5bd1e995) + i
      block[i] = state >>> 11
    }
    return block
  },
}

/** A telegram on the air, and what its sender put into it. */
export interface Sent {
  readonly frame: Uint8Array
  /** The payload's checksum, the CI and what is behind it. */
  readonly plain: Uint8Array
}

/** A water meter with the records of a FlowIQ 2101 (or `header`), whose clock and total the test sets. */
export class AirMeter {
  litres = 64_932
  /** Minutes of its own clock. */
  minute = 1_000_000
  status = 0
  #session = 0
  #sentMinute = -1
  #count = 0
  #key: Uint8Array
  #crypto: CryptoPort
  #address: Uint8Array

  /** @param type version and type, as they are sent */
  constructor(key: Uint8Array, crypto: CryptoPort, id = '12345678', type = '1f16') {
    this.#key = key
    this.#crypto = crypto
    this.#address = Uint8Array.of(0x2d, 0x2c, ...fromHex(id)!.reverse(), ...fromHex(type)!)
  }

  /** One telegram of eight is full. */
  send(): Sent {
    return this.sendRecords(waterRecords(this.litres, this.status), this.#count % 8 !== 5)
  }

  sendRecords(records: readonly (readonly [header: string, value: string])[], isCompact: boolean): Sent {
    return this.sendPayload(payloadOf(records, isCompact))
  }

  sendPayload(payload: Uint8Array): Sent {
    this.#session = this.minute === this.#sentMinute ? this.#session + 1 : 0
    this.#sentMinute = this.minute
    const head = Uint8Array.of(0, 0x44, ...this.#address, 0x8d, 0x20, this.#count++ & 0xff, 0, 0, 0, 0)
    new DataView(head.buffer).setUint32(13, ((1 << 29) | (this.minute << 4) | this.#session) >>> 0, true)
    const plain = withSum(payload)
    const frame = Uint8Array.of(...head, ...plain)
    // The cipher is its own inverse.
    decryptSession(frame, this.#key, this.#crypto)
    return { frame: finished(frame), plain }
  }
}

/** What somebody can make of a telegram who has no key but knows what is in it: any payload of at most its length. */
export function forged({ frame, plain }: Sent, payload: Uint8Array): Uint8Array {
  const wanted = withSum(payload)
  if (wanted.length > plain.length) throw new Error('longer than the key stream that is known')
  const bytes = frame.slice(0, PAYLOAD_AT + wanted.length)
  for (let i = 0; i < wanted.length; i++) bytes[PAYLOAD_AT + i] = frame[PAYLOAD_AT + i]! ^ plain[i]! ^ wanted[i]!
  return finished(bytes)
}

export function waterRecords(litres: number, status = 0): [string, string][] {
  return [
    ['02ff20', hex(status, 2)],
    ['0413', hex(litres, 4)],
    ['4413', hex(64_000, 4)],
    ['a1015b', '0b'],
    ['8101e7ff0f', '16'],
  ]
}

export function payloadOf(
  records: readonly (readonly [header: string, value: string])[],
  isCompact: boolean,
): Uint8Array {
  const headers = fromHex(records.map(([header]) => header).join(''))!
  const values = fromHex(records.map(([, value]) => value).join(''))!
  const full = fromHex(records.map((record) => record.join('')).join(''))!
  return isCompact ? Uint8Array.of(0x79, ...sum(headers), ...sum(full), ...values) : Uint8Array.of(0x78, ...full)
}

/** A number, low byte first. */
export function hex(value: number, size: number): string {
  let text = ''
  for (let i = 0; i < size; i++) text += (Math.floor(value / 256 ** i) & 0xff).toString(16).padStart(2, '0')
  return text
}

function sum(bytes: Uint8Array): readonly [number, number] {
  const crc = crc16En13757(bytes, 0, bytes.length)
  return [crc & 0xff, crc >> 8]
}

function withSum(payload: Uint8Array): Uint8Array {
  return Uint8Array.of(...sum(payload), ...payload)
}

/** With L and the checksum of format B. */
function finished(bytes: Uint8Array): Uint8Array {
  const frame = Uint8Array.of(...bytes, 0, 0)
  frame[0] = frame.length - 1
  const crc = crc16En13757(frame, 0, bytes.length)
  frame[bytes.length] = crc >> 8
  frame[bytes.length + 1] = crc & 0xff
  return frame
}
