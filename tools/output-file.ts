import { realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { UsageError, unwritable } from './errors.js'

/** Only its owner may read it. */
export const PRIVATE = 0o600
export const PUBLIC = 0o644

/** Writes a file that must not be there yet. Throws `UsageError` where it is, or where nothing can be written. */
export function writeNew(path: string, content: string | Uint8Array, mode: number): void {
  try {
    writeFileSync(path, content, { flag: 'wx', mode })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new UsageError(`${path}: is there already, and is not overwritten`)
    throw unwritable(error, path)
  }
}

/**
 * Writes a file, in place of the one before where there is one; whoever reads it meanwhile gets the old one or the new one.
 * @param sources files that must not be overwritten
 */
export function replaceFile(path: string, content: Uint8Array, mode: number, sources: readonly string[]): void {
  const source = sources.find((one) => real(one) === real(path))
  if (source !== undefined) throw new UsageError(`${path}: is read from, and is not overwritten`)
  const next = `${path}.${process.pid}.new`
  try {
    writeFileSync(next, content, { flag: 'wx', mode })
    renameSync(next, path)
  } catch (error) {
    rmSync(next, { force: true })
    throw unwritable(error, path)
  }
}

function real(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
