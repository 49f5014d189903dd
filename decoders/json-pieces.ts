/** Characters of the longest piece that is kept. */
const MOST = 1024 * 1024

const STRUCTURE = /["{}[\]]/g
const TEXT_END = /["\\]/g

/**
 * Cuts JSON that comes in parts, and that may be longer than memory, into its innermost pieces: objects without an object
 * within, and the texts that stand in no such object. What is longer than `MOST` is left out.
 */
export class JsonPieces {
  #onPiece: (json: string) => void
  #depth = 0
  #isText = false
  #isEscaped = false
  /** What is kept of earlier parts: the beginning of a piece. */
  #kept = ''
  /** Whether an object is open that has none within so far. */
  #isObject = false

  /** @param onPiece gets the JSON of a piece */
  constructor(onPiece: (json: string) => void) {
    this.#onPiece = onPiece
  }

  /** Whether the JSON that was pushed has ended. */
  get isComplete(): boolean {
    return this.#depth === 0 && !this.#isText && !this.#isObject
  }

  push(part: string): void {
    // The offset in the part from which on it is kept; -1 where nothing is.
    let from = this.#isObject || this.#isText ? 0 : -1
    for (let at = this.#next(part, 0); at >= 0; at = this.#next(part, at)) {
      const character = part[at++]!
      if (this.#isText) {
        this.#isText = false
        if (this.#isObject) continue
        this.#tell(part, from, at)
        from = -1
      } else if (character === '"') {
        this.#isText = true
        if (!this.#isObject) from = at - 1
      } else if (character === '{') {
        if (this.#isObject) this.#tellTexts(this.#kept + part.slice(Math.max(from, 0), at - 1))
        this.#depth++
        this.#isObject = true
        this.#kept = ''
        from = at - 1
      } else if (character === '[') {
        this.#depth++
      } else {
        this.#depth = Math.max(0, this.#depth - 1)
        if (character === ']') continue
        if (this.#isObject) this.#tell(part, from, at)
        this.#isObject = false
        from = -1
      }
    }
    if (from >= 0 && this.#kept.length < MOST) this.#kept += part.slice(from)
  }

  /** The next character that matters: in a text its end, elsewhere a quote or a bracket. */
  #next(part: string, from: number): number {
    let at = from
    if (this.#isEscaped && at < part.length) {
      this.#isEscaped = false
      at++
    }
    if (!this.#isText) return search(STRUCTURE, part, at)
    for (;;) {
      at = search(TEXT_END, part, at)
      if (at < 0 || part[at] === '"') return at
      // Behind a backslash is one character that ends nothing.
      at += 2
      this.#isEscaped = at > part.length
    }
  }

  /** An object that has one within is no piece; its texts before that are. */
  #tellTexts(beginning: string): void {
    for (const [text] of beginning.matchAll(/"(?:[^"\\]|\\.)*"/g)) this.#onPiece(text)
  }

  #tell(part: string, from: number, at: number): void {
    const json = this.#kept + part.slice(from, at)
    this.#kept = ''
    if (json.length < MOST) this.#onPiece(json)
  }
}

function search(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  return pattern.exec(text)?.index ?? -1
}
