import { MemoryStorage } from '../twin/memory-storage.js'

/** What flash does with a write: takes it, refuses it as one that is full does, or keeps something else. */
export type FlashState = 'good' | 'full' | 'damages'

/** Flash for settings that fails for a while. */
export class FlakyStorage extends MemoryStorage {
  state: FlashState = 'good'
  onFailed: () => void = () => {}

  override write(key: string, bytes: Uint8Array): boolean {
    if (this.state === 'good') return super.write(key, bytes)
    this.onFailed()
    if (this.state === 'full') {
      super.write(key, new Uint8Array(0))
      return false
    }
    const damaged = bytes.slice()
    damaged[damaged.length >> 1]! ^= 0x10
    return super.write(key, damaged)
  }
}
