import type { FlashPort } from '../ports/flash.js'
import type { Digest } from '../ports/verifier.js'

/** What is written is stored so often that a power cut costs little, and so seldom that it wears nothing. */
const MARK = 65_536
/** Bytes that are read back in one turn. */
const TURN = 4_096
/** Bytes that are read at once. */
const PIECE = 1024

/** Where fetching goes on after a power cut that comes at this byte. */
export function markAt(position: number): number {
  return position - (position % MARK)
}

/** An image on its way into the slot that does not run. Each sector is erased before its first byte. */
export class SlotWriter {
  #flash: FlashPort
  #position: number

  /** @param from bytes that are in the slot already: a multiple of the sector's size */
  constructor(flash: FlashPort, from: number) {
    this.#flash = flash
    this.#position = from
  }

  /** Bytes of the image that are in the slot. */
  get position(): number {
    return this.#position
  }

  /** Appends. False when flash refuses; nothing may be appended after. */
  write(bytes: Uint8Array): boolean {
    const { sectorSize } = this.#flash
    let at = 0
    while (at < bytes.length) {
      const inSector = this.#position % sectorSize
      if (inSector === 0 && !this.#flash.erase(this.#position / sectorSize)) return false
      const end = Math.min(bytes.length, at + sectorSize - inSector)
      const part = at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end)
      if (!this.#flash.write(this.#position, part)) return false
      this.#position += part.length
      at = end
    }
    return true
  }
}

/** Reads a slot back, so that what is checked is what would start. */
export class SlotReader {
  #flash: FlashPort
  #digest: Digest
  #left: number
  #position = 0
  #piece = new Uint8Array(PIECE)

  constructor(flash: FlashPort, length: number, digest: Digest) {
    this.#flash = flash
    this.#left = length
    this.#digest = digest
  }

  /** Reads as much more as one turn allows. False when flash refuses. */
  read(): boolean {
    let budget = Math.min(TURN, this.#left)
    this.#left -= budget
    while (budget > 0) {
      const piece = budget < PIECE ? this.#piece.subarray(0, budget) : this.#piece
      if (!this.#flash.read(this.#position, piece)) return false
      this.#digest.write(piece)
      this.#position += piece.length
      budget -= piece.length
    }
    return true
  }

  get isDone(): boolean {
    return this.#left === 0
  }
}
