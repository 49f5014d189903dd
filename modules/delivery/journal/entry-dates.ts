import { Kind, type StoredEntry } from './entry.js'
import type { Ring } from './ring.js'

/** Dates the entries of boots that did not know the time when they wrote. */
export class EntryDates {
  /** Number of this boot. */
  readonly boot: number
  /** Unix seconds when this boot began; undefined as long as it does not know. */
  began: number | undefined
  #known: { readonly boot: number; readonly began: number | undefined } = { boot: 0, began: undefined }

  constructor(boot: number) {
    this.boot = boot
  }

  /** Unix seconds of an entry; undefined when they are not known. Those of an earlier boot will never be known then. */
  of(ring: Ring, entry: StoredEntry): number | undefined {
    if (entry.kind === Kind.Dated) return entry.time
    const began = entry.boot === this.boot ? this.began : this.#beganOf(ring, entry)
    return began === undefined ? undefined : began + entry.time
  }

  /** Between an undated entry and the boot time of its boot there are only undated entries of the same boot. */
  #beganOf(ring: Ring, entry: StoredEntry): number | undefined {
    if (this.#known.boot === entry.boot) return this.#known.began
    const next = ring.behind(entry, ({ kind, boot }) => kind === Kind.Undated && boot === entry.boot)
    const began = next?.kind === Kind.BootTime && next.boot === entry.boot ? next.time : undefined
    this.#known = { boot: entry.boot, began }
    return began
  }
}
