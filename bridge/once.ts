/** Kept so many; what comes beyond that is counted, and not named. */
const MOST = 1_000

/** Names each thing once, and not without end. */
export class Once {
  #named = new Set<string>()
  #say: (line: string) => void

  constructor(say: (line: string) => void) {
    this.#say = say
  }

  /** @param key what is the same thing */
  say(key: string, line: string): void {
    if (this.#named.has(key) || this.#named.size > MOST) return
    this.#named.add(key)
    this.#say(this.#named.size > MOST ? `more than ${MOST} such lines; no more are shown` : line)
  }
}
