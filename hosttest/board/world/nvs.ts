import type { Hardware, Part } from './hardware.js'
import type { Value } from './host.js'

/** Bytes of an entry, entries of a page, pages of the partition `nvs` in manifests/partitions.csv (IDF nvs_page.hpp). */
const ENTRY = 32
const PAGE = 126
const PAGES = 6

/** Milliseconds to write an entry, and to erase a page. */
const ENTRY_TIME = 0.1
const ERASE_TIME = 45

/** One page is always free for what is moved. */
const CAPACITY = (PAGES - 1) * PAGE

/** A string, and each piece of a blob, has to fit into a page. */
const LONGEST = (PAGE - 1) * ENTRY

/** NVS compares keys and names of domains as far as this, and refuses to write longer ones. */
const NAME = 15

interface Entry {
  readonly domain: string
  readonly key: string
  readonly value: Value
}

/**
 * The partition NVS (IDF components/nvs_flash/src, v6.0), entry by entry: it can be full, worn out, and lose power
 * between two changes. What each change does is whole or not there: NVS sees to that at its next start.
 *
 * Keys are compared up to 15 bytes (nvs_page.cpp, findItem), so that a longer one reads and erases its neighbour's value.
 */
export class Nvs implements Part {
  readonly operations
  /** Changes so far: an erased and a written value count one each. */
  steps = 0
  /** Of each key, how often a value was set. */
  readonly sets = new Map<string, number>()
  /** Power goes in the place of this change. */
  cutAt = Number.POSITIVE_INFINITY
  /** Nothing can be erased or written any more. */
  worn = false
  /** Entries that somebody else has taken. */
  othersEntries = 0
  /** Called when the flash is busy for so many milliseconds from now on. */
  onBusy: ((ms: number) => void) | undefined
  /** Entries since the last page was erased. */
  #written = 0
  #entries: Entry[] = []
  #domains = new Set<string>()
  #hardware: Hardware

  /** @param content of a chip that was there before */
  constructor(hardware: Hardware, content: readonly Entry[] = []) {
    this.#hardware = hardware
    for (const { domain, key, value } of content) this.write(domain, key, value)
    this.operations = {
      'nvs.open': (domain: string, write: boolean) => this.#open(domain, write),
      'nvs.set': (domain: string, key: string, value: Value) => this.#set(domain, key, value),
      'nvs.get': (domain: string, key: string) => this.#find(domain, key)?.value,
      'nvs.erase': (domain: string, key: string) => (this.#erase(domain, key) ? ERASE_FAILED : undefined),
      'nvs.keys': (domain: string) =>
        this.#entries
          .filter((entry) => entry.domain === short(domain))
          .map(({ key }) => key)
          .join('\n'),
    }
  }

  /** As a factory leaves it. */
  clear(): void {
    this.#entries = []
    this.#domains.clear()
  }

  /** What is stored, for another chip to begin with. */
  get content(): readonly Entry[] {
    return this.#entries
  }

  get usedEntries(): number {
    let used = this.othersEntries + this.#domains.size
    for (const { value } of this.#entries) used += span(value)
    return used
  }

  get freeEntries(): number {
    return CAPACITY - this.usedEntries
  }

  /** For the test: what is stored, without the firmware. */
  read(domain: string, key: string): Value {
    return this.#find(domain, key)?.value
  }

  write(domain: string, key: string, value: Value): void {
    this.#domains.add(domain)
    this.#entries = this.#entries.filter((entry) => entry.domain !== domain || entry.key !== key)
    this.#entries.push({ domain, key, value })
  }

  #open(domain: string, write: boolean): string | undefined {
    if (this.#domains.has(short(domain))) return undefined
    if (!write || domain.length > NAME || this.worn || this.freeEntries < 1) return 'nvs_open fail'
    if (this.#cut()) return undefined
    this.#domains.add(domain)
    return undefined
  }

  #set(domain: string, key: string, value: Value): string | undefined {
    this.sets.set(key, (this.sets.get(key) ?? 0) + 1)
    if (!this.worn) this.#erase(domain, key)
    if (!alive()) return undefined
    if (key.length > NAME || this.worn || span(value) > this.freeEntries) return SET_FAILED
    if (typeof value === 'string' && value.length + 1 > LONGEST) return SET_FAILED
    if (this.#cut()) return undefined
    this.#entries.push({ domain: short(domain), key, value })
    this.#busy(span(value))
    return undefined
  }

  /** Whether it failed, which is not that there was nothing. */
  #erase(domain: string, key: string): boolean {
    const found = this.#find(domain, key)
    if (found === undefined) return false
    if (this.worn) return true
    if (this.#cut()) return false
    this.#entries.splice(this.#entries.indexOf(found), 1)
    return false
  }

  #find(domain: string, key: string): Entry | undefined {
    return this.#entries.find((entry) => entry.domain === short(domain) && entry.key === short(key))
  }

  /** Each page that is full lets another be erased, at least as often. */
  #busy(entries: number): void {
    this.#written += entries
    const erases = this.#written >= PAGE
    if (erases) this.#written -= PAGE
    const ms = entries * ENTRY_TIME + (erases ? ERASE_TIME : 0)
    this.#hardware.block(ms)
    this.onBusy?.(ms)
  }

  #cut(): boolean {
    if (this.steps++ < this.cutAt) return false
    this.cutAt = Number.POSITIVE_INFINITY
    this.#hardware.powerOff()
    return true
  }
}

const SET_FAILED = 'nvs set fail'
const ERASE_FAILED = 'nvs erase fail'

function short(name: string): string {
  return name.slice(0, NAME)
}

/** Entries of a value: a blob is data, each piece with a head, and one more that lists the pieces. */
function span(value: Value): number {
  if (typeof value === 'string') return 1 + Math.ceil((value.length + 1) / ENTRY)
  if (!(value instanceof ArrayBuffer)) return 1
  const pieces = Math.max(1, Math.ceil(value.byteLength / LONGEST))
  return 1 + pieces + Math.ceil(value.byteLength / ENTRY)
}
