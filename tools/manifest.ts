import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { BOARDS, boardManifests } from './boards.js'
import { NegativeResult } from './errors.js'
import { runScript } from './script.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const BASE = 'manifests/base.json'
const TLS = 'manifests/tls.json'
/** Adapters that only builds with TLS have. */
const TLS_ADAPTER = /^tls-(?!none)/

interface Manifest {
  modules: Record<string, string>
  preload: string[]
}

/** The imports of a file that remain after compiling; the compiler drops those of types. */
const IMPORT = /^(?:import|export) (?!type )[^'"]*?from '([^']+)'/gm

/**
 * The sorted names of the firmware's modules that the device needs, such as `kmp/frame`. The adapters to the SDK are not
 * among them.
 * @param hasTls whether those of builds with TLS are
 */
function deviceModules(hasTls: boolean): string[] {
  const found = new Set<string>()
  const adapters = readdirSync(join(ROOT, 'modules/device')).filter((name) => hasTls || !TLS_ADAPTER.test(name))
  const waiting = ['main', ...adapters.map((name) => `modules/device/${name}`)]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const text = readFileSync(join(ROOT, path.endsWith('.ts') ? path : `${path}.ts`), 'utf8')
    for (const [, name] of text.matchAll(IMPORT)) {
      // Only `main` names modules as the SDK does, without a path.
      const target = normalize(name!.startsWith('.') ? join(dirname(path), name!) : `modules/${name}`).replace(
        /\.js$/,
        '',
      )
      if (found.has(target) || target.startsWith('modules/device/') || !existsSync(join(ROOT, `${target}.ts`))) continue
      found.add(target)
      waiting.push(target)
    }
  }
  return [...found].map((path) => path.slice('modules/'.length)).sort()
}

/** A manifest with these modules of the firmware; everything else in it stays as it is. */
function manifestWith(path: string, own: readonly string[]): Manifest {
  const manifest: Manifest = JSON.parse(readFileSync(join(ROOT, path), 'utf8'))
  const isKept = (name: string) => !existsSync(join(ROOT, 'modules', `${name}.ts`)) || name.startsWith('device/')
  manifest.modules = {
    ...Object.fromEntries(own.map((name) => [name, `../modules/${name}`])),
    ...Object.fromEntries(Object.entries(manifest.modules).filter(([name]) => isKept(name))),
  }
  manifest.preload = [...own, ...manifest.preload.filter(isKept)]
  return manifest
}

/** Every manifest that `npm run manifest` writes, by its path from the root of the repository. */
export function generatedManifests(): Readonly<Record<string, object>> {
  const base = deviceModules(false)
  const tls = deviceModules(true).filter((name) => !base.includes(name))
  const parts = { [BASE]: manifestWith(BASE, base), [TLS]: manifestWith(TLS, tls) }
  return Object.assign(parts, ...Object.keys(BOARDS).map(boardManifests))
}

/** `npm run manifest`. */
const program = new Command('npm run manifest --')
  .description(
    'write the manifests of the firmware anew: the modules that are there, and the boards of tools/boards.ts',
  )
  .action(() => {
    const all = Object.entries(generatedManifests())
    for (const [path, manifest] of all) writeFileSync(join(ROOT, path), `${JSON.stringify(manifest, null, 2)}\n`)
    const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome')
    const { status } = spawnSync(process.execPath, [biome, 'format', '--write', ...all.map(([path]) => path)], {
      cwd: ROOT,
      stdio: 'inherit',
    })
    if (status !== 0) throw new NegativeResult('biome could not format the manifests; `npm ci` installs it')
  })

if (process.argv[1] === fileURLToPath(import.meta.url)) await runScript(program)
