import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { SimulatedFlash } from './flash.js'

const FILE = 'journal.flash'

/** Simulated flash whose content is a file in a folder. */
export class FileFlash extends SimulatedFlash {
  #file: number

  constructor(folder: string, sectors: number) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const path = join(folder, FILE)
    const blank = new Uint8Array(sectors * 4096).fill(0xff)
    const content = existsSync(path) ? new Uint8Array(readFileSync(path)) : blank
    super({ sectors, content: content.length === blank.length ? content : blank })
    if (this.bytes === blank) writeFileSync(path, blank, { mode: 0o600 })
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

  #save(offset: number, length: number): boolean {
    try {
      writeSync(this.#file, this.bytes, offset, length, offset)
      return true
    } catch {
      return false
    }
  }
}
