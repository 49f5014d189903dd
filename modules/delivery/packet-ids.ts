/*
 * Packet ids (docs/protocol/topics.md, "Exactly once"): those up to LAST_COUNTED are counted through, for messages in
 * memory and SUBSCRIBE; those from FIRST_STORED on belong to messages in flash.
 */
const LAST_COUNTED = 0x7fff
const FIRST_STORED = LAST_COUNTED + 1

/** Packet id of a message in flash. It follows from the sequence number, so that it outlives a power cut. */
export function storedId(sequence: number): number {
  return FIRST_STORED | (sequence % FIRST_STORED)
}

/** Counts through the packet ids of everything that is not in flash. */
export class PacketIds {
  #last: number

  /** @param random numbers from 0 to below 1 */
  constructor(random: () => number) {
    // The broker may remember an unfinished id from before the restart and would swallow a new message under it.
    this.#last = Math.floor(random() * LAST_COUNTED)
  }

  next(): number {
    this.#last = (this.#last % LAST_COUNTED) + 1
    return this.#last
  }
}
