const NONE = -1
const FIRST_SIZE = 1 << 12
const OFFSET_SHIFT = 8

/**
 * The ends of sequences by the registers that they need before them: a hash table with open addresses. A node is an end
 * and says which end follows its first record.
 */
export class Suffixes {
  readonly #most: number
  lastSlot = 0
  #count = 0
  #size = 0
  #mask = 0
  /** Pairs: the lower registers, and the node plus 1 (0 for a free slot). */
  #slots = new Int32Array(0)
  #low = new Int32Array(0)
  #high = new Int32Array(0)
  #next = new Int32Array(0)
  /** Offset and record. */
  #step = new Uint16Array(0)

  /** @param most how many nodes it holds, a power of two */
  constructor(most: number) {
    this.#most = most
  }

  clear(): void {
    this.#count = 0
    if (this.#size > FIRST_SIZE * 64) this.#allocate(FIRST_SIZE)
    else this.#slots.fill(0)
  }

  /** Adds a node. Returns its number, or -1 when the table is full. */
  add(low: number, high: number, offset: number, record: number, next: number): number {
    if (this.#count === this.#size) {
      if (this.#size * 2 > this.#most) return NONE
      this.#grow()
    }
    const node = this.#count++
    this.#low[node] = low
    this.#high[node] = high
    this.#next[node] = next
    this.#step[node] = (offset << OFFSET_SHIFT) | record
    this.#place(node)
    return node
  }

  /** The first slot for these registers, to give to `at`. */
  slotOf(low: number, high: number, offset: number): number {
    let hash = Math.imul(low, 0x9e3779b1) ^ Math.imul(high + Math.imul(offset, 0x27d4eb2f), 0x85ebca6b)
    hash ^= hash >>> 15
    hash = Math.imul(hash, 0x2c1b3c6d)
    return (hash ^ (hash >>> 13)) & this.#mask
  }

  /**
   * The first node with these registers from a slot on, or -1. The next one is behind `lastSlot`, where this one was found.
   */
  find(low: number, high: number, offset: number, slot: number): number {
    const slots = this.#slots
    const mask = this.#mask
    let at = slot & mask
    for (;;) {
      const node = slots[2 * at + 1]!
      if (node === 0) return NONE
      if (slots[2 * at] === low && this.#high[node - 1] === high && this.#step[node - 1]! >> OFFSET_SHIFT === offset) {
        this.lastSlot = at
        return node - 1
      }
      at = (at + 1) & mask
    }
  }

  /** The first record of a node. */
  recordOf(node: number): number {
    return this.#step[node]! & 0xff
  }

  /** The node behind the first record; -1 at the end of the data. */
  nextOf(node: number): number {
    return this.#next[node]!
  }

  #place(node: number): void {
    const low = this.#low[node]!
    let at = this.slotOf(low, this.#high[node]!, this.#step[node]! >> OFFSET_SHIFT)
    while (this.#slots[2 * at + 1] !== 0) at = (at + 1) & this.#mask
    this.#slots[2 * at] = low
    this.#slots[2 * at + 1] = node + 1
  }

  #grow(): void {
    const count = this.#count
    const [low, high, next, step] = [this.#low, this.#high, this.#next, this.#step]
    this.#allocate(Math.max(FIRST_SIZE, 2 * this.#size))
    this.#low.set(low)
    this.#high.set(high)
    this.#next.set(next)
    this.#step.set(step)
    for (let node = 0; node < count; node++) this.#place(node)
  }

  #allocate(size: number): void {
    this.#size = size
    this.#mask = 2 * size - 1
    this.#slots = new Int32Array(4 * size)
    this.#low = new Int32Array(size)
    this.#high = new Int32Array(size)
    this.#next = new Int32Array(size)
    this.#step = new Uint16Array(size)
  }
}
