import { MemoryStorage } from '../../twin/memory-storage.js'

/** Flash that can be full: as the SDK's preferences, it erases what it is to replace before it finds no room. */
export class FullStorage extends MemoryStorage {
  isFull = false
  /** Writes that found no room. */
  refused = 0

  override write(key: string, bytes: Uint8Array): boolean {
    if (!this.isFull) return super.write(key, bytes)
    this.refused++
    super.write(key, new Uint8Array(0))
    return false
  }
}
