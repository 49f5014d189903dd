import { clearScreenDown, createInterface, cursorTo, type Interface, moveCursor } from 'node:readline'
import type { ReadStream, WriteStream } from 'node:tty'
import { visible } from '../modules/codec/visible.js'
import { LineSplitter } from './lines.js'
import { messageLine } from './listen.js'
import { print, say } from './print.js'
import { coloured, colourless, type Tint, tintedMessage } from './twin-words.js'

/** Bytes of the longest line that somebody may type. */
const LONGEST_LINE = 65_536

const HISTORY = 500

/** ms */
const REFRESH = 1_000

const PROMPT = '> '

const USUAL_COLUMNS = 80

export interface ScreenHost {
  /** The line that stays at the bottom. @param room characters that it may have */
  status(room: number): string
  /** What can stand where a line begins as this one does. */
  complete(line: string): string[]
  onLine(line: string): void
  /** Somebody has enough of it. */
  onEnd(error?: Error): void
}

type Message = Parameters<typeof tintedMessage>[1]

/** Where a twin shows what it does, and where commands to it are typed. */
export interface Screen {
  message(message: Message): void
  /** Says something to whoever looks on; one line of it for each one of the text. */
  say(text: string): void
  close(): void
}

/** A terminal where there is one, else standard input and output as programs want them. */
export function openScreen(host: ScreenHost): Screen {
  const { stdin, stdout, stderr, env } = process
  const isTerminal = stdin.isTTY && stdout.isTTY && stderr.isTTY && env.TERM !== 'dumb'
  return isTerminal ? new TerminalScreen(host, stdin, stdout, colourOf(stdout)) : new PlainScreen(host)
}

function colourOf(output: WriteStream): Tint {
  return process.env.NO_COLOR || !output.hasColors() ? colourless : coloured
}

class PlainScreen implements Screen {
  #lines: LineSplitter
  #onData: (piece: Buffer) => void

  constructor({ onLine, onEnd }: ScreenHost) {
    this.#lines = new LineSplitter(onLine, LONGEST_LINE)
    this.#onData = (piece) => {
      try {
        this.#lines.push(piece)
      } catch (error) {
        onEnd(error as Error)
      }
    }
    process.stdin.on('data', this.#onData).once('end', () => this.#lines.end())
  }

  message(message: Message): void {
    print(messageLine(message))
  }

  say(text: string): void {
    say(text)
  }

  close(): void {
    process.stdin.off('data', this.#onData).pause()
  }
}

/** Below what is printed stand a line that tells how it is, and the line that is typed. */
export class TerminalScreen implements Screen {
  #host: ScreenHost
  #output: WriteStream
  #tint: Tint
  #lines: Interface
  #timer: NodeJS.Timeout
  /** Whether the two lines stand there now. */
  #isShown = false

  constructor(host: ScreenHost, input: ReadStream, output: WriteStream, tint: Tint) {
    this.#host = host
    this.#output = output
    this.#tint = tint
    this.#lines = createInterface({
      input,
      output,
      historySize: HISTORY,
      removeHistoryDuplicates: true,
      completer: (line: string) => [host.complete(line), line],
    })
    this.#lines.on('line', (line) => this.#onLine(line))
    this.#lines.on('SIGINT', () => host.onEnd())
    this.#lines.on('close', () => host.onEnd())
    this.#timer = setInterval(() => this.#refresh(), REFRESH)
    this.#refresh()
  }

  message(message: Message): void {
    this.#write(tintedMessage(this.#tint, message))
  }

  say(text: string): void {
    const lines = text.split('\n').map((line) => this.#tint('quiet', visible(line)))
    this.#write(lines.join('\n'))
  }

  close(): void {
    clearInterval(this.#timer)
    this.#hide()
    this.#lines.close()
  }

  /** A terminal over a serial line, for one, tells 0. */
  get #columns(): number {
    return this.#output.columns || USUAL_COLUMNS
  }

  #onLine(line: string): void {
    // The cursor stands below what was typed, which goes up among the rest, without the state of that moment.
    const rows = 2 + Math.floor((PROMPT.length + line.length) / this.#columns)
    this.#isShown = false
    this.#erase(rows)
    if (line.trim() !== '') this.#output.write(`${this.#tint('typed', `${PROMPT}${visible(line)}`)}\n`)
    this.#host.onLine(line)
    this.#refresh()
  }

  #write(text: string): void {
    const rows = this.#hide()
    // Readline takes what it shows for being that far below.
    this.#output.write(`${text}\n${'\n'.repeat(rows)}`)
    this.#refresh()
  }

  /** @returns how far the cursor stood below the first of the two lines */
  #hide(): number {
    if (!this.#isShown) return 0
    const { rows } = this.#lines.getCursorPos()
    this.#isShown = false
    this.#erase(rows)
    return rows
  }

  #erase(rows: number): void {
    moveCursor(this.#output, 0, -rows)
    cursorTo(this.#output, 0)
    clearScreenDown(this.#output)
  }

  #refresh(): void {
    const room = this.#columns - 1
    const status = this.#host.status(room).slice(0, room)
    this.#lines.setPrompt(`${this.#tint('quiet', status)}\n${PROMPT}`)
    this.#lines.prompt(true)
    this.#isShown = true
  }
}
