import { bundleStyle } from './bundle.js'
import { documentFiles } from './documents/files.js'
import { flashFiles } from './flash/file.js'
import { playgroundFiles } from './playground.js'
import { toolsFiles } from './tools.js'

/** The site's files by their names. The pictures of the documents stand beside them (`site/documents/copies.ts`). */
export async function siteFiles(): Promise<ReadonlyMap<string, string>> {
  const style = await bundleStyle()
  const files = await Promise.all([playgroundFiles(style), toolsFiles(), flashFiles(), documentFiles()])
  return new Map([['style.css', style], ...files.flat()])
}
