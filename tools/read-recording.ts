import { createReadStream } from 'node:fs'
import type { TelegramReader } from '../decoders/telegram-reader.js'
import { UsageError } from './errors.js'
import { readLines } from './line-output.js'
import { Progress } from './progress.js'

/** Reads a file, or standard input until it ends or somebody has enough of it. */
export async function readRecording(
  file: string | undefined,
  reader: TelegramReader,
  state: () => string,
): Promise<void> {
  const input = file === undefined ? process.stdin : createReadStream(file)
  const progress = new Progress(state)
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
