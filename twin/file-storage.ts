import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StoragePort } from '../modules/ports/storage.js'

/** Flash as files in a folder. */
export class FileStorage implements StoragePort {
  #folder: string

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true })
    this.#folder = folder
  }

  read(key: string): Uint8Array | undefined {
    try {
      return new Uint8Array(readFileSync(join(this.#folder, key)))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  write(key: string, bytes: Uint8Array): void {
    const path = join(this.#folder, key)
    writeFileSync(`${path}.new`, bytes)
    renameSync(`${path}.new`, path)
  }
}
