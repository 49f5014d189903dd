import { MemoryStorage } from '../../twin/memory-storage.js'

/** manifests/partitions.csv: 24 kB. */
const PAGES = 6
/** ESP-IDF nvs_constants.h: entries of 32 bytes, 126 in a page of 4096. */
const ENTRIES = 126
const ENTRY = 32
/** With less room than this left, a blob begins in the next page (nvs_storage.cpp, writeMultiPageBlob). */
const LEAST_ROOM = ((ENTRIES - 1) * ENTRY) / 10

interface Item {
  readonly key: string
  readonly span: number
}

interface Page {
  /** Entries that were written since the page was erased. */
  next: number
  readonly items: Set<Item>
  erases: number
}

/**
 * Counts what the blobs wear in an NVS partition: each takes an entry for its index, and for each page that it is in one
 * entry and its bytes; the SDK erases the old blob first. One page is always kept free; the one with most erased entries
 * is cleaned next, and what is alive in it moves.
 */
export class NvsStorage extends MemoryStorage {
  #free: Page[] = Array.from({ length: PAGES }, () => ({ next: 0, items: new Set(), erases: 0 }))
  #used: Page[] = []

  constructor() {
    super()
    // The entry that names the name space is written once, and stays (nvs_storage.cpp, createOrOpenNamespace).
    this.#put({ key: '', span: 1 })
  }

  /** How often each page was erased, the worst first. */
  get erases(): readonly number[] {
    return [...this.#free, ...this.#used].map(({ erases }) => erases).sort((a, b) => b - a)
  }

  override write(key: string, bytes: Uint8Array): boolean {
    for (const { items } of this.#used) for (const item of items) if (item.key === key) items.delete(item)
    let left = bytes.length
    for (let isFirst = true; isFirst || left > 0; isFirst = false) {
      if (this.#room < Math.min(left, isFirst ? LEAST_ROOM : 1)) this.#turnPage()
      const here = Math.min(left, this.#room)
      this.#put({ key, span: 1 + Math.ceil(here / ENTRY) })
      left -= here
      if (left > 0) this.#turnPage()
    }
    if (this.#page.next >= ENTRIES) this.#turnPage()
    this.#put({ key, span: 1 })
    return super.write(key, bytes)
  }

  get #page(): Page {
    if (this.#used.length === 0) this.#used.push(this.#free.shift()!)
    return this.#used.at(-1)!
  }

  /** Bytes of a blob that the page still takes. */
  get #room(): number {
    return Math.max(0, ENTRIES - this.#page.next - 1) * ENTRY
  }

  #put(item: Item): void {
    this.#page.items.add(item)
    this.#page.next += item.span
  }

  #turnPage(): void {
    const isLastFree = this.#free.length < 2
    const alive = ({ items }: Page) => [...items].reduce((sum, { span }) => sum + span, 0)
    const victim = isLastFree ? this.#used.reduce((best, page) => (alive(page) < alive(best) ? page : best)) : undefined
    this.#used.push(this.#free.shift()!)
    if (victim === undefined) return
    for (const item of victim.items) this.#put(item)
    victim.items.clear()
    victim.next = 0
    victim.erases++
    this.#used = this.#used.filter((page) => page !== victim)
    this.#free.push(victim)
  }
}
