import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { siteFiles } from './files.js'

/** `npm run site [FOLDER]`: the site's files, for any web server, to build/site. */
const folder = process.argv[2] ?? fileURLToPath(new URL('../build/site', import.meta.url))

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
for (const [name, text] of await siteFiles()) {
  writeFileSync(join(folder, name), text)
  console.log(
    `${name.padEnd(16)} ${String(text.length).padStart(8)} characters, ${gzipSync(text).length} bytes compressed`,
  )
}
