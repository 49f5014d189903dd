import { crc16En13757 } from '../codec/crc16-en13757.js'
import { fromHex } from '../codec/hex.js'
import { RecordCursor } from './record-cursor.js'

const MAX_LEARNED = 8
const MAX_HEADER = 256

/** The headers of a full frame's records, one after the other, and the signature by which compact frames name them. */
export interface KnownHeader {
  /** Checksum of all DIF, DIFE, VIF and VIFE. */
  readonly signature: number
  /** In hexadecimal. */
  readonly hex: string
}

const NONE: readonly KnownHeader[] = Object.freeze([])

/** A header with its signature. */
export function knownHeader(hex: string): KnownHeader {
  const bytes = fromHex(hex)!
  return Object.freeze({ signature: crc16En13757(bytes, 0, bytes.length), hex })
}

interface Entry {
  readonly signature: number
  readonly header: Uint8Array
}

/** The headers that one meter has taught, the newest last, beside those that are known of all meters. */
export class Signatures {
  /** Headers that are known of all meters, and those that full frames of this meter have taught. */
  readonly known: readonly KnownHeader[]
  readonly learned: Entry[] = []
  #lastKnown: Entry | undefined
  #isUnsaved = false

  constructor(known: readonly KnownHeader[] = NONE) {
    this.known = known
  }

  /** Whether a header was learned since `toBytes`. */
  get isUnsaved(): boolean {
    return this.#isUnsaved
  }

  /** Returns the headers that a signature stands for. */
  find(signature: number): Uint8Array | undefined {
    for (const entry of this.learned) if (entry.signature === signature) return entry.header
    if (this.#lastKnown?.signature === signature) return this.#lastKnown.header
    for (const known of this.known) {
      if (known.signature !== signature) continue
      this.#lastKnown = { signature, header: fromHex(known.hex)! }
      return this.#lastKnown.header
    }
    return undefined
  }

  /** Returns whether this meter has taught the headers that a signature stands for. */
  isLearned(signature: number): boolean {
    return this.learned.some((entry) => entry.signature === signature)
  }

  /** Remembers the headers of a verified telegram. Returns whether they were new. */
  learn(header: Uint8Array): boolean {
    const signature = crc16En13757(header, 0, header.length)
    if (header.length > MAX_HEADER || this.isLearned(signature)) return false
    this.#remember({ signature, header })
    this.#isUnsaved = true
    return true
  }

  /** Returns what was learned, for the flash: for each entry its length as u16 big-endian and its bytes. */
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.learned.reduce((length, { header }) => length + 2 + header.length, 0))
    let at = 0
    for (const { header } of this.learned) {
      bytes[at++] = header.length >> 8
      bytes[at++] = header.length & 0xff
      bytes.set(header, at)
      at += header.length
    }
    this.#isUnsaved = false
    return bytes
  }

  /** Reads what `toBytes` wrote, up to the first entry that is not well-formed. */
  static fromBytes(bytes: Uint8Array, known: readonly KnownHeader[] = NONE): Signatures {
    const signatures = new Signatures(known)
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
    this.learned.push(entry)
    if (this.learned.length > MAX_LEARNED) this.learned.shift()
  }
}

/** Whether bytes are whole DIF, DIFE, VIF and VIFE. */
export function isHeader(bytes: Uint8Array): boolean {
  const cursor = new RecordCursor(bytes, 0)
  while (cursor.value < bytes.length && cursor.nextHeader());
  return cursor.value === bytes.length
}
