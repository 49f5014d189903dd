import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** The sources find other files by their distance from the root: the bundle has to lie in a folder of the root too. */
const DIST = join(ROOT, 'dist')
const STAMPS = join(DIST, 'sources.json')
const ENTRIES = { main: 'tools/main.ts', bluetooth: 'twin/bluetooth/main.ts', man: 'tools/man.ts' }
const MAN_PAGE = join(DIST, 'meterlogger.1')
/** Another process may still be loading what an earlier build left. */
const KEPT_MS = 60_000

/** Whether `dist/` holds the sources as they are now. */
export function isCurrent() {
  if (!existsSync(STAMPS)) return false
  return Object.entries(JSON.parse(readFileSync(STAMPS, 'utf8'))).every(([path, stamp]) => stampOf(path) === stamp)
}

/**
 * Compiles the command line into `dist/`: one file for what every command needs, one for each command, and what some of
 * them share. Packages stay outside, with npm, their licences and their updates. Several processes may do so at once.
 */
export async function bundle() {
  const began = Date.now()
  const { build } = createRequire(esbuildHome())('esbuild')
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ENTRIES,
    outdir: DIST,
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minifySyntax: true,
    minifyWhitespace: true,
    // For coverage, which looks for the sources itself.
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    write: false,
  })
  mkdirSync(DIST, { recursive: true })
  const isEntry = ({ path }) => basename(path, '.js') in ENTRIES
  // The entries lead to the rest.
  for (const { path, contents } of [...outputFiles].sort((a, b) => isEntry(a) - isEntry(b))) replace(path, contents)
  const paths = [...Object.keys(metafile.inputs), 'tools/bundle.js']
  // What somebody wrote since is looked at again.
  const stamps = paths.map((path) => [path, statSync(join(ROOT, path)).mtimeMs < began ? stampOf(path) : ''])
  replace(STAMPS, JSON.stringify(Object.fromEntries(stamps)))
  removeAllBut([STAMPS, ...outputFiles.map(({ path }) => path)])
}

/** Whether esbuild is installed here, as it is but for `npm ci --omit=dev`. */
export function canBundle() {
  return existsSync(join(ROOT, 'node_modules/esbuild'))
}

/** A path that finds esbuild: the checkout's, or that of `npm exec`, which puts its programs into PATH. */
function esbuildHome() {
  if (canBundle()) return join(ROOT, 'package.json')
  const home = process.env.PATH.split(delimiter).find((path) => existsSync(join(path, '../esbuild')))
  if (home === undefined) throw new Error('esbuild is not installed: npm ci, or npm run prepare')
  return join(home, '../package.json')
}

function stampOf(path) {
  const file = statSync(join(ROOT, path), { throwIfNoEntry: false })
  return file === undefined ? '' : `${file.mtimeMs} ${file.size}`
}

/** Who reads the file meanwhile gets the old one or the new one, whole. */
function replace(path, contents) {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, contents)
  renameSync(draft, path)
}

function removeAllBut(paths) {
  const kept = new Set([...paths, MAN_PAGE])
  for (const path of readdirSync(DIST).map((name) => join(DIST, name))) {
    const file = statSync(path, { throwIfNoEntry: false })
    if (!kept.has(path) && file !== undefined && file.mtimeMs < Date.now() - KEPT_MS) rmSync(path, { force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle()
