import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ffiDeclaration, PLATFORM_NAMES, sdkProject } from './sdk-project.js'

/** `npm run typecheck:sdk`. */
const root = fileURLToPath(new URL('..', import.meta.url))
const sdk = process.env.MODDABLE

if (sdk === undefined || !existsSync(join(sdk, 'examples/manifest_typings.json'))) {
  process.stdout.write('typecheck:sdk: skipped, MODDABLE names no Moddable SDK\n')
} else {
  const folder = join(root, 'build/typecheck-sdk')
  mkdirSync(folder, { recursive: true })
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  for (const platform of PLATFORM_NAMES) {
    const ffi = join(folder, `ffi-${platform}.d.ts`)
    const project = join(folder, `tsconfig-${platform}.json`)
    writeFileSync(ffi, ffiDeclaration(root, platform))
    writeFileSync(project, JSON.stringify(sdkProject(root, sdk, platform, ffi)))
    const { status } = spawnSync(process.execPath, [tsc, '-p', project], { stdio: 'inherit' })
    process.stdout.write(`typecheck:sdk: ${platform} ${status === 0 ? 'is in order' : 'has errors'}\n`)
    if (status !== 0) process.exitCode = 1
  }
}
