import { createWriteStream, openSync, rmSync, statSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { NegativeResult, UsageError, unwritable } from './errors.js'
import { PUBLIC } from './output-file.js'

/** Bytes that wait for whoever reads: about a day of one meter, or half an hour of a crowded place. */
const MOST_WAITING = 4 * 1024 * 1024

/** Where a recording goes, line by line: a file that was not there, a pipe or a device, or standard output. */
export class Recording {
  #stream: Writable
  #name: string
  #path: string | undefined
  #onEnd: (error?: Error) => void
  #lines = 0
  #ended = false

  /** @param path named in what is said; the file is taken away again when it stays empty and `isNew` */
  constructor(stream: Writable, name: string, onEnd: (error?: Error) => void, path?: string) {
    this.#stream = stream
    this.#name = name
    this.#path = path
    this.#onEnd = onEnd
    stream.on('error', (error: NodeJS.ErrnoException) => this.#fail(error))
  }

  /**
   * Throws `UsageError` where the file is there already, or cannot be written.
   * @param onEnd called when nobody reads any more, and with an error when no more can be written
   */
  static open(path: string, onEnd: (error?: Error) => void): Recording {
    if (path === '-') return new Recording(process.stdout, 'standard output', onEnd)
    const isOther = statSync(path, { throwIfNoEntry: false })?.isFile() === false
    try {
      const file = openSync(path, isOther ? 'a' : 'wx', PUBLIC)
      return new Recording(createWriteStream(path, { fd: file }), path, onEnd, isOther ? undefined : path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST')
        throw new UsageError(`--out: ${path} is there already, and is not overwritten`)
      throw unwritable(error, path, '--out')
    }
  }

  write(line: string): void {
    if (this.#ended) return
    this.#lines++
    this.#stream.write(`${line}\n`)
    if (this.#stream.writableLength > MOST_WAITING) this.#fail(new Error('nobody takes what is recorded'))
  }

  /** Resolves when everything is written. */
  async close(): Promise<void> {
    const isOpen = !this.#ended
    this.#ended = true
    if (this.#stream === process.stdout) {
      if (isOpen && this.#stream.writableLength > 0) await new Promise((resolve) => this.#stream.write('', resolve))
      return
    }
    if (isOpen) await new Promise<void>((resolve) => this.#stream.once('close', resolve).end())
    if (this.#lines === 0 && this.#path !== undefined) rmSync(this.#path, { force: true })
  }

  #fail(error: NodeJS.ErrnoException): void {
    if (this.#ended) return
    this.#ended = true
    if (error.code === 'EPIPE') return this.#onEnd()
    this.#onEnd(new NegativeResult(`${this.#name}: ${error.message}`))
  }
}
