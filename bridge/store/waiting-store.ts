import type { Arrival } from './store.js'
import { openStore, type Row, type Store } from './store.js'

/** A store whose database may be away at first: it is opened when it is needed, again and again until it is there. */
export class WaitingStore implements Store {
  #url: string
  #opening: Promise<Store> | undefined
  #store: Store | undefined

  /** @param url as for `openStore` */
  constructor(url: string) {
    this.#url = url
  }

  get refused(): number {
    return this.#store?.refused ?? 0
  }

  /** Throws `DatabaseAway` or `DatabaseRefused`; the next call tries again. */
  open(): Promise<Store> {
    this.#opening ??= openStore(this.#url).then(
      (store) => {
        this.#store = store
        return store
      },
      (error) => {
        this.#opening = undefined
        throw error
      },
    )
    return this.#opening
  }

  async write(arrivals: readonly Arrival[]): Promise<void> {
    await (await this.open()).write(arrivals)
  }

  async prune(keepMs: number): Promise<number> {
    return (await this.open()).prune(keepMs)
  }

  async rows(sql: string, values?: readonly string[]): Promise<readonly Row[]> {
    return (await this.open()).rows(sql, values)
  }

  async close(): Promise<void> {
    await this.#store?.close()
  }
}
