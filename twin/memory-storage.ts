import type { StoragePort } from '../modules/ports/storage.js'

/** Flash that ends with the process. */
export class MemoryStorage implements StoragePort {
  #blobs = new Map<string, Uint8Array>()
  #writes = new Map<string, number>()

  read(key: string): Uint8Array | undefined {
    return this.#blobs.get(key)?.slice()
  }

  write(key: string, bytes: Uint8Array): boolean {
    this.#writes.set(key, this.writes(key) + 1)
    this.#blobs.set(key, bytes.slice())
    return true
  }

  /** Number of writes to keys that begin with `prefix`. */
  writes(prefix: string): number {
    let count = 0
    for (const [key, writes] of this.#writes) if (key.startsWith(prefix)) count += writes
    return count
  }
}
