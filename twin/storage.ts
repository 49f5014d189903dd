import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StoragePort } from '../modules/ports/storage.js'

/** Flash that is gone with the process. */
export class MemoryStorage implements StoragePort {
  #blobs = new Map<string, Uint8Array>()
  /** Number of writes, and their bytes. */
  readonly written = { count: 0, bytes: 0 }

  read(key: string): Uint8Array | undefined {
    return this.#blobs.get(key)?.slice()
  }

  write(key: string, bytes: Uint8Array): void {
    this.written.count++
    this.written.bytes += bytes.length
    this.#blobs.set(key, bytes.slice())
  }
}

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
