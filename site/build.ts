import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { copiesOf } from './documents/copies.js'
import { siteFiles } from './files.js'

/** `npm run site [FOLDER]`: the site's files, for any web server, to build/site. */
const ROOT = fileURLToPath(new URL('..', import.meta.url))
const folder = process.argv[2] ?? join(ROOT, 'build/site')

rmSync(folder, { recursive: true, force: true })
const files = await siteFiles()
for (const [name, text] of files) {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  // The pages of the documents are many, and each is small.
  if (!name.includes('/'))
    console.log(
      `${name.padEnd(16)} ${String(text.length).padStart(8)} characters, ${gzipSync(text).length} bytes compressed`,
    )
}
const copies = copiesOf()
for (const [name, path] of copies) cpSync(join(ROOT, path), join(folder, name))
console.log(`${[...files.keys()].filter((name) => name.includes('/')).length} documents, ${copies.size} other files`)
