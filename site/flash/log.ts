import { failure, type Result, success } from '../../modules/codec/result.js'
import { visible } from '../../modules/codec/visible.js'
import { ROM_SPEED } from './flasher.js'

/** Characters of the longest line that is shown whole. */
const LONGEST = 300

/** How ESP-IDF colours a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what the board sends
const COLOUR = /\u001b\[[0-9;]*m/g

const GONE = 'The cable came out, or the board has no power.'

/** How long the chip is held in reset, ms. */
const RESET = 100

/**
 * Starts the board anew and hands on the lines of its console, until it is told to stop. The port is closed afterwards. The error
 * tells a person what to do.
 */
export async function watchLog(
  port: SerialPort,
  onLine: (line: string) => void,
  stop: AbortSignal,
): Promise<Result<void>> {
  try {
    await port.open({ baudRate: ROM_SPEED })
  } catch {
    return failure('The port cannot be opened. Another program or another page may have it: close that.')
  }
  const lines = new Lines(onLine)
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  const cancel = () => void reader?.cancel().catch(() => {})
  stop.addEventListener('abort', cancel)
  try {
    let stream = port.readable
    reader = stream!.getReader()
    if (!stop.aborted) await restart(port)
    while (!stop.aborted) {
      try {
        const { value, done } = await reader.read()
        if (done) break
        lines.take(value)
      } catch {
        // After noise, as a reset makes it, the port has another stream; after a cable that came out it has none.
        reader.releaseLock()
        if (port.readable === null || port.readable === stream) return failure(GONE)
        stream = port.readable
        reader = stream.getReader()
      }
    }
    return success(undefined)
  } catch {
    return failure(GONE)
  } finally {
    stop.removeEventListener('abort', cancel)
    lines.end()
    reader?.releaseLock()
    await port.close().catch(() => {})
  }
}

/** RTS alone holds EN low on a development board; the library's own reset only lets go of it. */
async function restart(port: SerialPort): Promise<void> {
  await port.setSignals({ dataTerminalReady: false, requestToSend: true })
  await new Promise((resolve) => setTimeout(resolve, RESET))
  await port.setSignals({ requestToSend: false })
}

/** Lines out of the bytes of a console. */
class Lines {
  #onLine: (line: string) => void
  #decoder = new TextDecoder()
  #rest = ''

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  take(bytes: Uint8Array): void {
    const parts = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split(/\r?\n/)
    this.#rest = parts.pop()!
    for (const part of parts) this.#hand(part)
    if (this.#rest.length > LONGEST) this.end()
  }

  /** The last line may have no end. */
  end(): void {
    if (this.#rest !== '') this.#hand(this.#rest)
    this.#rest = ''
  }

  #hand(line: string): void {
    this.#onLine(visible(line.replace(COLOUR, '').slice(0, LONGEST)))
  }
}
