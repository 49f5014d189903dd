import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { canBundle, isCurrent } from './bundle.js'

/** In a checkout: compiles `dist/` where it is older than the sources. That takes half a second, once after each change. */
if (!isCurrent()) {
  const bundle = fileURLToPath(new URL('bundle.js', import.meta.url))
  // A process of its own: what it takes of memory is not the command's.
  const renewed = canBundle() && spawnSync(process.execPath, [bundle], { stdio: ['ignore', 2, 'pipe'] }).status === 0
  if (!renewed && !existsSync(new URL('../dist/main.js', import.meta.url))) {
    process.stderr.write('meterlogger: the command line is not compiled; run npm ci, or npm run prepare\n')
    process.exit(1)
  }
  if (!renewed) process.stderr.write('meterlogger: dist/ is older than the sources; npm run prepare renews it\n')
}
