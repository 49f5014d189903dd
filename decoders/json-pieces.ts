/** Characters of the longest piece that is kept. */
const MOST = 1024 * 1024

const QUOTE = 0x22
const BACKSLASH = 0x5c

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
    return this.#depth === 0 && !this.#isText
  }

  push(part: string): void {
    // The offset in the part from which on it is kept; -1 where nothing is.
    let from = this.#isObject || this.#isText ? 0 : -1
    for (let at = 0; at < part.length; at++) {
      const code = part.charCodeAt(at)
      if (this.#isText) {
        if (this.#isEscaped) this.#isEscaped = false
        else if (code === BACKSLASH) this.#isEscaped = true
        else if (code === QUOTE) {
          this.#isText = false
          if (this.#isObject) continue
          this.#tell(part, from, at)
          from = -1
        }
        continue
      }
      switch (code) {
        case QUOTE:
          this.#isText = true
          if (!this.#isObject) from = at
          break
        case 0x7b: // {
          if (this.#isObject) this.#tellTexts(this.#kept + part.slice(from, at))
          this.#depth++
          this.#isObject = true
          this.#kept = ''
          from = at
          break
        case 0x5b: // [
          this.#depth++
          break
        case 0x7d: // }
          this.#depth = Math.max(0, this.#depth - 1)
          if (this.#isObject) this.#tell(part, from, at)
          this.#isObject = false
          from = -1
          break
        case 0x5d: // ]
          this.#depth = Math.max(0, this.#depth - 1)
          break
        default:
      }
    }
    if (from >= 0 && this.#kept.length < MOST) this.#kept += part.slice(from)
  }

  /** An object that has one within is no piece; its texts before that are. */
  #tellTexts(beginning: string): void {
    for (const [text] of beginning.matchAll(/"(?:[^"\\]|\\.)*"/g)) this.#onPiece(text)
  }

  #tell(part: string, from: number, at: number): void {
    const json = this.#kept + part.slice(from, at + 1)
    this.#kept = ''
    if (json.length < MOST) this.#onPiece(json)
  }
}
