import { crc16En13757 } from '../codec/crc16-en13757.js'
import { fromHex } from '../codec/hex.js'
import { RecordCursor } from './record-cursor.js'

const MAX_LEARNED = 8
const MAX_HEADER = 256

/**
 * Headers of full frames in use, by the signature that a compact frame names them with (checksum of all DIF, DIFE, VIF
 * and VIFE). Others are learned from a full frame of the same meter.
 */
export const KNOWN_HEADERS: readonly (readonly [signature: number, header: string])[] = Object.freeze(
  (
    [
      // flowIQ 2101
      [0x61eb, '02ff2004134413a1015b8101e7ff0f'],
      // MULTICAL 21 and other water meters
      [0xa8ed, '02ff2004134413615b6167'],
      [0xc412, '02ff20041392013ba1015b8101e7ff0f'],
      [0xd2f7, '02ff2004134413615b5167'],
      [0xdd34, '02ff2004134413'],
      [0x7c0e, '02ff200413523b'],
      // flowIQ 2200
      [0x36d4, '02ff2004134413426c523b615b616751678101e7ff0f06ff1b'],
      [0x0905, '04ff234413523b06ff1b426c61675167023b04138101e7ff0f'],
      [0xa9f3, '04ff2304134413426c023b92013ba2013b06ff1ba1015b91015ba10167'],
      // MULTICAL 602 and 402
      [0x8400, '02f9ff15040604eeff0704eeff0804148440148480401402fd17026c426c44064414c44014c4804014043b0259025d'],
      [0xfcf5, '02f9ff15040704eeff0704eeff08041502fd17026c426c44074415043b0259025d'],
      [0xd7d6, '040f04ff0704ff08041402fd17043b0259025d'],
      // MULTICAL 302
      [0xf1e7, '030643060314426c022d01ff21'],
      [0x52c2, '030e430e0313426c022d01ff21'],
      // MULTICAL 403
      [0xb34d, '040604ff0704ff080414043b0259025d04ff22026c44064414426c'],
      [0x1434, '040e04ff0704ff08041384401484804014043b0259025d142d84100e84200e04ff22026c440e4413c44014c4804014426c'],
      // MULTICAL 803, 303 and 603
      [0xe7a2, '040f04ff0704ff08041484401484804014043b0259025d142d84100f84200f04ff22026c440f4414c44014c4804014426c'],
      [0xae5a, '0406041404ff0704ff080259025d023b02ff22026c44064414426c'],
      [0x7869, '040604ff0704ff080414043b0259025d04ff22'],
      [0x441f, '040604ff0704ff080414043b042d0259025d04ff220422143b142d'],
      // OMNIPOWER
      [0x8c13, '040404843c042b04ab3c'],
    ] as const
  ).map((row) => Object.freeze(row)),
)

interface Entry {
  readonly signature: number
  readonly header: Uint8Array
}

/** What one meter's full frames have taught, the newest last, beside what is known of all meters. */
export class Signatures {
  #learned: Entry[] = []
  #lastKnown: Entry | undefined
  #isUnsaved = false

  /** Whether something was learned since `toBytes`. */
  get isUnsaved(): boolean {
    return this.#isUnsaved
  }

  /** The header that a signature stands for. */
  find(signature: number): Uint8Array | undefined {
    for (const entry of this.#learned) if (entry.signature === signature) return entry.header
    if (this.#lastKnown?.signature === signature) return this.#lastKnown.header
    for (const [known, header] of KNOWN_HEADERS) {
      if (known !== signature) continue
      this.#lastKnown = { signature, header: fromHex(header)! }
      return this.#lastKnown.header
    }
    return undefined
  }

  /** Remembers the header of a verified full frame; whether it was new. */
  learn(header: Uint8Array): boolean {
    const signature = crc16En13757(header, 0, header.length)
    if (header.length > MAX_HEADER || this.find(signature) !== undefined) return false
    this.#remember({ signature, header })
    this.#isUnsaved = true
    return true
  }

  /** Whether some header begins with these bytes. */
  hasPrefix(bytes: Uint8Array): boolean {
    return (
      this.#learned.some(({ header }) => startsWith(header, bytes)) ||
      KNOWN_HEADERS.some(([, header]) => startsWith(fromHex(header)!, bytes))
    )
  }

  /** What was learned, for the flash: for each header its length u16 big-endian and its bytes. */
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.#learned.reduce((length, { header }) => length + 2 + header.length, 0))
    let at = 0
    for (const { header } of this.#learned) {
      bytes[at++] = header.length >> 8
      bytes[at++] = header.length & 0xff
      bytes.set(header, at)
      at += header.length
    }
    this.#isUnsaved = false
    return bytes
  }

  /** From what `toBytes` gave; what is not well-formed is not taken over. */
  static fromBytes(bytes: Uint8Array): Signatures {
    const signatures = new Signatures()
    let at = 0
    while (at + 2 < bytes.length) {
      const length = (bytes[at]! << 8) | bytes[at + 1]!
      const header = bytes.slice(at + 2, at + 2 + length)
      if (length === 0 || header.length !== length || length > MAX_HEADER || !isHeader(header)) break
      signatures.#remember({ signature: crc16En13757(header, 0, length), header })
      at += 2 + length
    }
    return signatures
  }

  #remember(entry: Entry): void {
    this.#learned.push(entry)
    if (this.#learned.length > MAX_LEARNED) this.#learned.shift()
  }
}

function isHeader(bytes: Uint8Array): boolean {
  const cursor = new RecordCursor(bytes, 0)
  while (cursor.value < bytes.length && cursor.nextHeader());
  return cursor.value === bytes.length
}

function startsWith(header: Uint8Array, prefix: Uint8Array): boolean {
  return prefix.length <= header.length && prefix.every((byte, i) => byte === header[i])
}
