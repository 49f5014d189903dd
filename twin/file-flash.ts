import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { SimulatedFlash } from './flash.js'

const SECTOR = 4096

/** Simulated flash whose content is a file in a folder; where the file ends, the rest is erased. */
export class FileFlash extends SimulatedFlash {
  #file: number
  /** Bytes of the file. */
  #saved: number

  constructor(folder: string, name: string, sectors: number) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const path = join(folder, name)
    const stored = existsSync(path) ? new Uint8Array(readFileSync(path)) : undefined
    const fits = stored !== undefined && stored.length % SECTOR === 0 && stored.length <= sectors * SECTOR
    super({ sectors, content: fits ? stored : undefined })
    if (!fits) writeFileSync(path, '', { mode: 0o600 })
    this.#saved = fits ? stored.length : 0
    this.#file = openSync(path, 'r+')
  }

  override write(offset: number, bytes: Uint8Array): boolean {
    return super.write(offset, bytes) && this.#save(offset, bytes.length)
  }

  override erase(sector: number): boolean {
    return super.erase(sector) && this.#save(sector * this.sectorSize, this.sectorSize)
  }

  close(): void {
    closeSync(this.#file)
  }

  /** Saves this part, and what the file does not have yet. */
  #save(offset: number, length: number): boolean {
    const from = Math.min(offset, this.#saved)
    const to = this.covered.length > this.#saved ? this.covered.length : Math.min(offset + length, this.#saved)
    try {
      if (to > from) writeSync(this.#file, this.covered, from, to - from, from)
      this.#saved = Math.max(this.#saved, to)
      return true
    } catch {
      return false
    }
  }
}
