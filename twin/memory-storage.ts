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
