import { MemoryStorage } from '../../twin/memory-storage.js'

/** Flash that can be full. Like the SDK's preferences, it erases the old value before it finds no room for the new one. */
export class FullStorage extends MemoryStorage {
  isFull = false
  /** The number of writes that found no room. */
  refused = 0

  override write(key: string, bytes: Uint8Array): boolean {
    if (!this.isFull) return super.write(key, bytes)
    this.refused++
    super.write(key, new Uint8Array(0))
    return false
  }
}
