import type { Clock } from '../ports/clock.js'
import type { ImageFacts } from '../ports/image.js'
import type { SlotsPort } from '../ports/slots.js'
import type { StoragePort } from '../ports/storage.js'
import type { TcpConnect } from '../ports/tcp.js'
import type { VerifierPort } from '../ports/verifier.js'
import type { WriteBudget } from '../storage/write-budget.js'

export interface UpdateOptions {
  readonly clock: Clock
  readonly storage: StoragePort
  /** How much is written in all: an update adds to it, and none begins when it is spent. */
  readonly budget: WriteBudget
  /** Undefined on a board whose table has one slot. */
  readonly slots: SlotsPort | undefined
  readonly connectTcp: TcpConnect
  readonly verifier: VerifierPort
  /** The image that runs. */
  readonly image: ImageFacts
  /** Whose updates are taken; undefined where nobody's are. */
  readonly updateKey: Uint8Array | undefined
  log(text: string): void
}
