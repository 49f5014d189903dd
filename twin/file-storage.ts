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
    } catch {
      return undefined
    }
  }

  /** A full disk looks to the firmware like full flash. */
  write(key: string, bytes: Uint8Array): boolean {
    const path = join(this.#folder, key)
    try {
      writeFileSync(`${path}.new`, bytes)
      renameSync(`${path}.new`, path)
      return true
    } catch {
      return false
    }
  }
}
