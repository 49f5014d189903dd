/** The embedded database's file in its folder. */
export const DATABASE_FILE = 'meterlogger.db'

/** The folder of an embedded database; undefined where the URL is of another kind. */
export function folderOf(url: string): string | undefined {
  return /^file:(.+)$/s.exec(url)?.[1]
}

export function isPostgres(url: string): boolean {
  return /^postgres(ql)?:\/\//.test(url)
}
