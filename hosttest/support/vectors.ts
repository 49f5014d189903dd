import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Reads a vector file in the folder beside the repository; undefined when there is none. */
// biome-ignore lint/suspicious/noExplicitAny: the files' entries differ in their fields
export function vectors(name: string): any[] | undefined {
  const path = fileURLToPath(new URL(`../../../shared/vectors/${name}.json`, import.meta.url))
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
}
