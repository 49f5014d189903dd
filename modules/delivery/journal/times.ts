import { Kind, type StoredEntry } from './entry.js'
import type { Ring } from './ring.js'

/** Dates entries of a boot that did not know the time when they were written. */
export class Times {
  /** Number of this boot. */
  readonly boot: number
  /** Unix seconds when this boot began; undefined as long as it does not know. */
  began: number | undefined
  #known: { readonly boot: number; readonly began: number | undefined } = { boot: 0, began: undefined }

  constructor(boot: number) {
    this.boot = boot
  }

  /** Unix seconds of an entry; undefined when they are not known, for an entry of an earlier boot for ever. */
  of(ring: Ring, entry: StoredEntry): number | undefined {
    if (entry.kind === Kind.Dated) return entry.time
    const began = entry.boot === this.boot ? this.began : this.#beganOf(ring, entry)
    return began === undefined ? undefined : began + entry.time
  }

  /** Nothing but undated entries of the same boot stands between one of them and the clock of that boot. */
  #beganOf(ring: Ring, entry: StoredEntry): number | undefined {
    if (this.#known.boot === entry.boot) return this.#known.began
    const next = ring.behind(entry, ({ kind, boot }) => kind === Kind.Undated && boot === entry.boot)
    const began = next?.kind === Kind.Clock && next.boot === entry.boot ? next.time : undefined
    this.#known = { boot: entry.boot, began }
    return began
  }
}
