import { PowerCut } from '../../twin/flash.js'
import { MemoryStorage } from '../../twin/memory-storage.js'

/** What an interrupted write leaves behind. */
export const OUTCOMES = ['old', 'new', 'none', 'half', 'blank'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** Flash that loses power during one write. */
export class FailingStorage extends MemoryStorage {
  /** The number of writes before power goes; infinite until a test sets it. */
  writesLeft = Number.POSITIVE_INFINITY
  outcome: Outcome = 'old'

  override write(key: string, bytes: Uint8Array): boolean {
    if (this.writesLeft-- > 0) return super.write(key, bytes)
    if (this.outcome === 'new') super.write(key, bytes)
    if (this.outcome === 'none') super.write(key, new Uint8Array(0))
    if (this.outcome === 'half') super.write(key, bytes.subarray(0, bytes.length >> 1))
    if (this.outcome === 'blank') super.write(key, new Uint8Array(bytes.length).fill(0xff))
    throw new PowerCut('power cut')
  }
}
