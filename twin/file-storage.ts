import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StoragePort } from '../modules/ports/storage.js'

/** Flash as files in a folder, which nobody else can read: passwords and keys are in it. */
export class FileStorage implements StoragePort {
  #folder: string

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
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
      writeFileSync(`${path}.new`, bytes, { mode: 0o600 })
      renameSync(`${path}.new`, path)
      return true
    } catch {
      return false
    }
  }
}
