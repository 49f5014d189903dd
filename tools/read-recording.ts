import { createReadStream, ReadStream, statSync } from 'node:fs'
import type { TelegramReader } from '../decoders/telegram-reader.js'
import { UsageError } from './errors.js'
import { readLines } from './line-output.js'
import { Progress, timeLeft } from './progress.js'

/** Reads a file, or standard input until it ends or somebody has enough of it. */
export async function readRecording(
  file: string | undefined,
  reader: TelegramReader,
  state: () => string,
): Promise<void> {
  const input = file === undefined ? process.stdin : createReadStream(file)
  const size = file === undefined ? 0 : (statSync(file, { throwIfNoEntry: false })?.size ?? 0)
  const began = performance.now()
  const progress = new Progress(() => {
    if (!(input instanceof ReadStream) || size === 0) return state()
    const share = input.bytesRead / size
    return `${state()}, ${Math.floor(100 * share)} %${timeLeft(share, began)}`
  })
  let isOver = false
  const stop = () => {
    isOver = true
    input.destroy()
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    await readLines(input, reader, progress)
  } catch (error) {
    if (!isOver) throw error instanceof UsageError ? error : new UsageError((error as Error).message)
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
    progress.end()
  }
  reader.idle()
}
