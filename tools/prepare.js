import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { canBundle } from './bundle.js'

/** `npm run prepare`; npm runs it itself after `npm ci` in a checkout, before `npm pack`, and where it installs from git. */
const ROOT = fileURLToPath(new URL('..', import.meta.url))
const BUNDLE = ['node', 'tools/bundle.js']

if (canBundle()) run(...BUNDLE)
else run('npm', 'exec', '--yes', `--package=${lentEsbuild()}`, '--', ...BUNDLE)
writeFileSync(`${ROOT}dist/meterlogger.1`, run('node', 'dist/man.js'))
// The tests are complete without a network then. Where there is none now, they try again and say so.
if (canBundle() && process.env.npm_command === 'ci')
  spawnSync(process.execPath, ['hosttest/xs/fetch.js'], { cwd: ROOT })

/** Without packages for developers npm lends the esbuild that the lock names, 11 MB that nobody needs afterwards. */
function lentEsbuild() {
  const { packages } = JSON.parse(readFileSync(`${ROOT}package-lock.json`, 'utf8'))
  return `esbuild@${packages['node_modules/esbuild'].version}`
}

/** What a program prints. Ends this one where it fails. */
function run(name, ...args) {
  const script = { node: [], npm: [process.env.npm_execpath] }[name]
  const done = spawnSync(process.execPath, [...script, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] })
  if (done.status !== 0) process.exit(1)
  return done.stdout
}
