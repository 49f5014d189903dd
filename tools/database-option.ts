import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DATABASE_FILE, folderOf } from '../bridge/store/url.js'
import { UsageError } from './errors.js'

/** The URL of a database that somebody reads, where a folder must have one already. Throws `UsageError`. */
export function existingDatabase(url: string): string {
  const folder = folderOf(url)
  if (folder !== undefined && !existsSync(join(folder, DATABASE_FILE)))
    throw new UsageError(`--database: no ${DATABASE_FILE} in ${folder}`)
  return url
}
