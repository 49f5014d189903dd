import { createHash } from 'node:crypto'

export const SECTOR = 4096

/** A flash chip: erasing sets the bits of a sector, writing clears bits. */
export class NorFlash {
  readonly bytes: Uint8Array
  /** A byte that has lost its bits and does not get them back; undefined for none. */
  worn: number | undefined
  erases = 0

  constructor(size: number) {
    this.bytes = new Uint8Array(size).fill(0xff)
  }

  erase(from: number, size: number): void {
    for (let at = from - (from % SECTOR); at < from + size; at += SECTOR) {
      this.bytes.fill(0xff, at, at + SECTOR)
      this.erases++
    }
    this.#wear()
  }

  /** False where it does not fit. */
  write(at: number, data: Uint8Array): boolean {
    if (at + data.length > this.bytes.length) return false
    for (let i = 0; i < data.length; i++) this.bytes[at + i]! &= data[i]!
    this.#wear()
    return true
  }

  md5(at: number, size: number): Uint8Array {
    return createHash('md5')
      .update(this.bytes.subarray(at, at + size))
      .digest()
  }

  #wear(): void {
    if (this.worn !== undefined) this.bytes[this.worn] = 0
  }
}
