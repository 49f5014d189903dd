import { closeSync, openSync, readSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { configuredPaths } from './config-settings.js'
import { UsageError, unreadable } from './errors.js'

/** Bytes of the longest line or text, and of the longest file. */
const MOST = 64 * 1024 * 1024
const MOST_OF_FILE = 256 * 1024 * 1024

const PIECE = 65_536
const NEW_LINE = 0x0a

/** Splits what comes in pieces into lines. It keeps no more than one line, of `most` bytes at most. */
export class LineSplitter {
  #most: number
  #onLine: (line: string) => void
  #onPart: ((part: string, isLast: boolean) => void) | undefined
  #pieces: Buffer[] = []
  #length = 0
  #number = 1
  #isLong = false

  /**
   * @param onLine gets each line without its end
   * @param onPart gets a line of more than `most` bytes in parts, in which characters beyond ASCII may be damaged; without
   * it such a line is an error
   */
  constructor(onLine: (line: string) => void, most = MOST, onPart?: (part: string, isLast: boolean) => void) {
    this.#onLine = onLine
    this.#most = most
    this.#onPart = onPart
  }

  /** Throws `UsageError` when a line is too long. */
  push(piece: Buffer): void {
    const first = piece.indexOf(NEW_LINE)
    if (first < 0) return this.#keep(piece)
    this.#keep(piece.subarray(0, first))
    this.#tell()
    const last = piece.lastIndexOf(NEW_LINE)
    if (last > first) this.#tellWhole(piece.subarray(first + 1, last))
    this.#keep(piece.subarray(last + 1))
  }

  /** Tells the last line, if it had no end. */
  end(): void {
    if (this.#length > 0) this.#tell()
  }

  /** Tells lines that are all here. To decode them at once takes a tenth of the time. */
  #tellWhole(lines: Buffer): void {
    const isShort = lines.length <= this.#most
    for (const line of lines.toString('utf8').split('\n')) {
      if (!isShort) this.#check(Buffer.byteLength(line))
      this.#number++
      this.#onLine(line.endsWith('\r') ? line.slice(0, -1) : line)
    }
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return
    this.#length += bytes.length
    this.#pieces.push(bytes)
    if (this.#onPart === undefined) return this.#check(this.#length)
    if (!this.#isLong && this.#length <= this.#most) return
    this.#isLong = true
    this.#onPart(this.#text(), false)
    this.#length = 1
  }

  #check(length: number): void {
    if (length > this.#most) throw new UsageError(`line ${this.#number}: longer than ${bytesText(this.#most)}`)
  }

  #tell(): void {
    const line = this.#text()
    const isLong = this.#isLong
    this.#length = 0
    this.#number++
    this.#isLong = false
    if (isLong) this.#onPart!(line, true)
    else this.#onLine(line.endsWith('\r') ? line.slice(0, -1) : line)
  }

  #text(): string {
    const text = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces)
    this.#pieces = []
    return text.toString('utf8')
  }
}

/** A whole stream as text. Throws `UsageError` when it is longer than `most` bytes. */
export async function textOf(input: Readable, most = MOST): Promise<string> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of input) {
    length += (piece as Buffer).length
    if (length > most) throw new UsageError(`standard input: longer than ${bytesText(most)}`)
    pieces.push(piece as Buffer)
  }
  return Buffer.concat(pieces).toString('utf8')
}

/**
 * A whole file as text. Throws `UsageError` when it cannot be read or is longer than `most` bytes, and names it.
 * @param option the one that names it; nothing for an argument
 */
export function fileText(path: string, option: string, most = MOST_OF_FILE): string {
  return fileBytes(path, option, most).toString('utf8')
}

/** As `fileText`, its bytes. */
export function fileBytes(path: string, option: string, most: number): Buffer {
  const pieces: Buffer[] = []
  let length = 0
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    for (;;) {
      const piece = Buffer.allocUnsafe(PIECE)
      const read = readSync(file, piece, 0, PIECE, null)
      if (read === 0) break
      length += read
      if (length > most) break
      pieces.push(piece.subarray(0, read))
    }
  } catch (error) {
    throw unreadable(error, path, configuredPaths.get(path) ?? option)
  } finally {
    if (file !== undefined) closeSync(file)
  }
  if (length > most) throw new UsageError(`${path}: longer than ${bytesText(most)}`)
  return Buffer.concat(pieces)
}

function bytesText(bytes: number): string {
  return bytes < 1024 * 1024 ? `${bytes / 1024} kB` : `${bytes / 1024 / 1024} MB`
}
