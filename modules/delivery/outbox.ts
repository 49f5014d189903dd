import type { WallClock } from '../time/wall-clock.js'
import type { PacketIds } from './packet-ids.js'
import type { Draft, Queue, QueuedMessage } from './queue.js'

/** Bytes that XS needs for each text beside its characters: a slot and a chunk header. */
const ENTRY_OVERHEAD = 40
const CAPACITY = 16_384
/** Before the time of a message that came when nobody knew the time. */
const UNDATED = '~'

/**
 * A queue in memory, oldest first, bounded by the memory that it takes: more than 60 samples of the longest kind fit.
 * When the outbox is full it drops the oldest. It keeps each message as one text, which takes a third less than an
 * object. Power-off loses everything here, so that the outbox need not remember how far a message has come.
 *
 * A message is dated as it comes, like a sample in flash, so that a lie about the time does not reach what was there before.
 * Only one that comes before the time is known is dated as it leaves.
 */
export class Outbox implements Queue {
  /**
   * Each is the time, the length of the prefix, the prefix and the text, with two blanks between. The time is unix seconds;
   * after `~` it is milliseconds of the monotonic clock.
   */
  #entries: string[] = []
  #size = 0
  #wallClock: WallClock
  #ids: PacketIds
  #underWay: QueuedMessage | undefined

  constructor(wallClock: WallClock, ids: PacketIds) {
    this.#wallClock = wallClock
    this.#ids = ids
  }

  push({ prefix, at, text }: Draft): void {
    const entry = `${this.#wallClock.at(at) ?? UNDATED + at} ${prefix.length} `.concat(prefix, text)
    this.#entries.push(entry)
    this.#size += sizeOf(entry)
    while (this.#size > CAPACITY) this.#size -= sizeOf(this.#entries.shift()!)
  }

  next(): QueuedMessage | undefined {
    this.#underWay ??= this.#takeOldest()
    return this.#underWay
  }

  sent(): void {}

  received(): void {}

  delivered(): void {
    this.#underWay = undefined
  }

  forget(): void {}

  #takeOldest(): QueuedMessage | undefined {
    const entry = this.#entries[0]
    if (entry === undefined) return undefined
    const space = entry.indexOf(' ')
    const told = entry.slice(0, space)
    const time = told.startsWith(UNDATED) ? this.#wallClock.at(Number(told.slice(1))) : told
    if (time === undefined) return undefined
    this.#entries.shift()
    this.#size -= sizeOf(entry)
    const start = entry.indexOf(' ', space + 1) + 1
    const end = start + Number(entry.slice(space, start))
    const topic = entry.slice(start, end) + time
    return { id: this.#ids.next(), topic, text: entry.slice(end), published: false, received: false }
  }
}

function sizeOf(entry: string): number {
  return entry.length + ENTRY_OVERHEAD
}
