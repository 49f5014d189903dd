import type { Queue } from './queue.js'

/** The message in flight between two connections, or one that the socket has no room for yet. */
export interface Publishing {
  at: 'publishing' | 'awaitingRec'
  readonly queue: Queue
  readonly id: number
  readonly topic: string
  readonly payload: Uint8Array
  readonly isSample: boolean
  /** PUBLISH may have gone out over an earlier connection, in this boot or before a power cut. */
  duplicate: boolean
}

export interface Releasing {
  at: 'releasing' | 'awaitingComp'
  readonly queue: Queue
  readonly id: number
  readonly isSample: boolean
}

/**
 * How far the message in flight has come.
 *
 * | state | over this connection | what moves it on |
 * |---|---|---|
 * | idle | there is no message in flight | a queue has one |
 * | publishing | PUBLISH is still to go out | room in the socket |
 * | awaitingRec | PUBLISH has gone out | PUBREC |
 * | releasing | PUBREL is still to go out: PUBREC came over an earlier connection | room in the socket |
 * | awaitingComp | PUBREL has gone out, or the client sends it: it answers every PUBREC by itself | PUBCOMP |
 *
 * When the connection goes, `awaitingRec` becomes `publishing` with `duplicate`, and `awaitingComp` becomes `releasing`.
 */
export type State = { readonly at: 'idle' } | Publishing | Releasing

export const IDLE: State = Object.freeze({ at: 'idle' } as const)
