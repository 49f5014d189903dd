import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const FILE = join(ROOT, 'manifests/base.json')

interface Manifest {
  modules: Record<string, string>
  preload: string[]
}

/** What the firmware imports, but for types, which the compiler leaves out. */
const IMPORT = /^(?:import|export) (?!type )[^'"]*?from '([^']+)'/gm

/** Names of the firmware's modules that the device needs, such as `kmp/frame`, in order; adapters to the SDK are not among them. */
export async function deviceModules(): Promise<string[]> {
  const found = new Set<string>()
  const waiting = ['main', ...(await readdir(join(ROOT, 'modules/device'))).map((name) => `modules/device/${name}`)]
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

/** The manifest as text: by name what the device needs of the firmware, and all else of it as it is. */
export async function withModules(text: string): Promise<string> {
  const manifest: Manifest = JSON.parse(text)
  const own = await deviceModules()
  const isKept = (name: string) => name.startsWith('device/') || name.includes(':')
  manifest.modules = {
    ...Object.fromEntries(own.map((name) => [name, `../modules/${name}`])),
    ...Object.fromEntries(Object.entries(manifest.modules).filter(([name]) => isKept(name))),
  }
  manifest.preload = [...own, ...manifest.preload.filter(isKept)]
  return `${JSON.stringify(manifest, null, 2)}\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(FILE, await withModules(readFileSync(FILE, 'utf8')))
