/** A message of the device before it is sealed: what it says, about which moment. */
export interface OutboxEntry {
  /** Topic up to the time: `/sample/v2/1234567/`. */
  readonly prefix: string
  /** When it came to be, on the monotonic clock in milliseconds. */
  readonly at: number
  readonly text: string
}

/** Slots and chunk headers of one entry on XS. */
const ENTRY_OVERHEAD = 64

/**
 * Messages that wait for the broker, oldest first, bounded by the memory they take. When full, the oldest are dropped:
 * room for more than 60 samples of the longest kind.
 */
export class Outbox {
  #entries: OutboxEntry[] = []
  #size = 0
  #capacity: number

  constructor(capacity = 16384) {
    this.#capacity = capacity
  }

  get length(): number {
    return this.#entries.length
  }

  push(entry: OutboxEntry): void {
    this.#entries.push(entry)
    this.#size += sizeOf(entry)
    while (this.#size > this.#capacity && this.#entries.length > 1) this.shift()
  }

  peek(): OutboxEntry | undefined {
    return this.#entries[0]
  }

  shift(): OutboxEntry | undefined {
    const entry = this.#entries.shift()
    if (entry !== undefined) this.#size -= sizeOf(entry)
    return entry
  }
}

function sizeOf(entry: OutboxEntry): number {
  return entry.prefix.length + entry.text.length + ENTRY_OVERHEAD
}
