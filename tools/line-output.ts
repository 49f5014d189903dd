import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { visible } from '../modules/codec/visible.js'
import { LineSplitter } from './lines.js'

/** Characters that are written at once while more input is at hand. */
const CHUNK = 65_536
/** Bytes of a line that is read whole. */
const LONGEST_LINE = 1024 * 1024

/**
 * Lines of an answer on standard output. They go out together while input is at hand, and at once where it pauses. Ends
 * the process silently, with 0, where nobody reads them any more.
 */
export class LineOutput {
  #output: Writable & { readonly isTTY?: boolean }
  #kept = ''

  constructor(output: Writable & { readonly isTTY?: boolean } = process.stdout) {
    this.#output = output
    output.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      process.exit(0)
    })
  }

  /** Takes a line without its end: exact in a pipe or a file, with control characters escaped on a terminal. */
  line(text: string): void {
    this.text(`${text}\n`)
  }

  /** Takes a part of a line. */
  text(text: string): void {
    this.#kept += this.#output.isTTY ? text.split('\n').map(visible).join('\n') : text
    if (this.#kept.length >= CHUNK) this.#write()
  }

  /** Writes what is kept, and waits until the other end has taken enough of it. */
  async flush(): Promise<void> {
    this.#write()
    if (this.#output.writableNeedDrain) await once(this.#output, 'drain')
  }

  #write(): void {
    const text = this.#kept
    this.#kept = ''
    if (text !== '') this.#output.write(text)
  }
}

/** What reads lines, and lines of more than a megabyte in parts. */
export interface LineReader {
  push(line: string): void
  /** @param isLast whether the line ends here */
  pushPart(part: string, isLast: boolean): void
}

/** Reads a stream to its end, line by line, and waits for `output` after each piece. */
export async function readLines(
  input: Readable,
  reader: LineReader,
  output?: { flush(): Promise<void> },
): Promise<void> {
  const splitter = new LineSplitter(
    (line) => reader.push(line),
    LONGEST_LINE,
    (part, isLast) => reader.pushPart(part, isLast),
  )
  for await (const piece of input) {
    splitter.push(piece as Buffer)
    await output?.flush()
  }
  splitter.end()
  await output?.flush()
}
