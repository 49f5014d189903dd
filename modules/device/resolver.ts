import type { QueryTime } from '../ports/time.js'

/** Asks for the address of a name; tells undefined where there is none. */
export type Resolve = (name: string, onResolved: (name: string, address?: string) => void) => void

type Answer = (address: string | undefined) => void

/** Names asked for at once: the time servers', and the broker's of before and after a change. */
const MOST_NAMES = 8

/**
 * The network's DNS, asked for each name once at a time. The SDK asks for one name after another and drops no question
 * whose asker is gone (modResolve.c:48): where the DNS is dead, which shows after 14 s or more, and broker and time are
 * tried every 8 s, questions would pile up until memory is gone.
 */
export class Resolver {
  #resolve: Resolve
  #answers = new Map<string, Answer>()

  constructor(resolve: Resolve) {
    this.#resolve = resolve
  }

  /** Asks for a name. A later call for the same name gets the answer in place of the earlier one. Throws when it cannot ask. */
  resolve(name: string, onAnswer: Answer): void {
    if (this.#answers.has(name)) {
      this.#answers.set(name, onAnswer)
      return
    }
    if (this.#answers.size === MOST_NAMES) throw new Error('too many names are asked for')
    this.#answers.set(name, onAnswer)
    try {
      this.#resolve(name, (_, address) => this.#onResolved(name, address))
    } catch (error) {
      this.#answers.delete(name)
      throw error
    }
  }

  #onResolved(name: string, address: string | undefined): void {
    const answer = this.#answers.get(name)
    this.#answers.delete(name)
    answer?.(address)
  }
}

/** Asks a time server by its address: with a name, the SDK's SNTP would do its own look-up. */
export function byAddress(resolver: Resolver, query: QueryTime): QueryTime {
  return (server) =>
    new Promise((resolve) => {
      try {
        resolver.resolve(server, (address) => resolve(address === undefined ? undefined : query(address)))
      } catch {
        resolve(undefined)
      }
    })
}
