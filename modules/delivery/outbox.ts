/** A message of the device before it is sealed: what it says, about which moment. */
export interface OutboxEntry {
  /** Topic up to the time: `/sample/v2/1234567/`. */
  readonly prefix: string
  /** When it came to be, on the monotonic clock in milliseconds. */
  readonly at: number
  readonly text: string
}

/** Slot and chunk header of one entry on XS, and its time. */
const ENTRY_OVERHEAD = 40

/**
 * Messages that wait for the broker, oldest first, bounded by the memory they take. When full, the oldest are dropped:
 * room for more than 60 samples of the longest kind. Each is kept as one text, which takes a third less than an object.
 */
export class Outbox {
  /** Time, length of the prefix, prefix and text; two blanks between. */
  #entries: string[] = []
  #size = 0
  #capacity: number

  constructor(capacity = 16384) {
    this.#capacity = capacity
  }

  get length(): number {
    return this.#entries.length
  }

  push({ prefix, at, text }: OutboxEntry): void {
    const entry = `${at} ${prefix.length} `.concat(prefix, text)
    this.#entries.push(entry)
    this.#size += sizeOf(entry)
    while (this.#size > this.#capacity && this.#entries.length > 1) this.drop()
  }

  peek(): OutboxEntry | undefined {
    const entry = this.#entries[0]
    if (entry === undefined) return undefined
    const space = entry.indexOf(' ')
    const start = entry.indexOf(' ', space + 1) + 1
    const end = start + Number(entry.slice(space, start))
    return { at: Number(entry.slice(0, space)), prefix: entry.slice(start, end), text: entry.slice(end) }
  }

  /** Forgets the oldest. */
  drop(): void {
    const entry = this.#entries.shift()
    if (entry !== undefined) this.#size -= sizeOf(entry)
  }
}

function sizeOf(entry: string): number {
  return entry.length + ENTRY_OVERHEAD
}
