import { PassThrough } from 'node:stream'
import type { ReadStream, WriteStream } from 'node:tty'

/** A terminal: what is typed goes in, and `screen` has what one sees, with everything that has scrolled out at the top. */
export class Terminal {
  readonly input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} }) as unknown as ReadStream
  readonly output: WriteStream
  /** Everything as it came. */
  written = ''
  #rows: string[][] = [[]]
  #row = 0
  #column = 0
  #columns: number

  constructor(columns = 80) {
    const output = new PassThrough()
    const write = (text: string | Uint8Array) => {
      this.#show(String(text))
      return true
    }
    this.#columns = columns
    this.output = Object.assign(output, { isTTY: true, columns, rows: 24, write }) as unknown as WriteStream
  }

  get screen(): string[] {
    return this.#rows.map((row) => row.join('').trimEnd())
  }

  /** Types keys, one after the other as a person does. */
  type(...keys: readonly string[]): void {
    for (const key of keys) this.input.emit('data', Buffer.from(key))
  }

  #show(text: string): void {
    this.written += text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a terminal gets
    for (const [, count, letter, character] of text.matchAll(/\u001b\[([0-9;]*)([A-Za-z])|(.)/gsu))
      if (letter === undefined) this.#put(character!)
      else this.#control(letter, Number(count || 1))
  }

  #put(character: string): void {
    if (character === '\r') this.#column = 0
    else if (character === '\n') {
      this.#row++
      this.#column = 0
    } else if (character >= ' ') {
      if (this.#column === this.#columns) {
        this.#row++
        this.#column = 0
      }
      this.#line[this.#column++] = character
    }
    void this.#line
  }

  #control(letter: string, count: number): void {
    if (letter === 'A') this.#row = Math.max(0, this.#row - count)
    else if (letter === 'B') this.#row += count
    else if (letter === 'C') this.#column += count
    else if (letter === 'D') this.#column = Math.max(0, this.#column - count)
    else if (letter === 'G') this.#column = count - 1
    else if (letter === 'K') this.#line.splice(this.#column)
    else if (letter === 'J') {
      this.#line.splice(this.#column)
      this.#rows.splice(this.#row + 1)
    } else if (letter !== 'm' && letter !== 'h' && letter !== 'l') throw new Error(`a terminal that knows no ${letter}`)
  }

  get #line(): string[] {
    while (this.#rows.length <= this.#row) this.#rows.push([])
    const row = this.#rows[this.#row]!
    while (row.length < this.#column) row.push(' ')
    return row
  }
}
