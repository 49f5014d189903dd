import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BOARDS } from '../../tools/boards.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The manifests that a board is built from, without TLS and with it. */
export const MANIFESTS = Object.values(BOARDS).flatMap(({ plain, ble }) => [plain, ble])
export const TLS_MANIFESTS = Object.values(BOARDS).flatMap(({ tls, bleTls }) => [tls, bleTls])

/** What mcconfig makes of a manifest and what it includes, for one platform. */
export interface Build {
  /** Module name to file. */
  readonly modules: ReadonlyMap<string, string>
  readonly preload: ReadonlySet<string>
  readonly config: Record<string, unknown>
  readonly defines: Record<string, unknown>
  readonly creation: Record<string, unknown>
  /** Names of the native functions that `mc/ffi` binds. */
  readonly natives: ReadonlyMap<string, { readonly arguments: readonly string[]; readonly returns: string }>
  /** Manifests of the SDK that are included, as they are written. */
  readonly sdk: ReadonlySet<string>
  /** File with the partition table. */
  readonly partitions: string
}

interface Manifest {
  readonly build?: { readonly PARTITIONS_FILE?: string }
  readonly include?: string | readonly string[]
  readonly modules?: Readonly<Record<string, string | readonly string[]>>
  readonly preload?: readonly string[]
  readonly config?: Record<string, unknown>
  readonly defines?: Record<string, unknown>
  readonly creation?: Record<string, unknown>
  readonly ffi?: { readonly functions: Readonly<Record<string, { arguments: string[]; returns: string }>> }
  readonly platforms?: Readonly<Record<string, Manifest>>
}

/** Reads a manifest of this project as mcconfig does (the SDK's tools/mcmanifest.js); what belongs to the SDK is only noted. */
export function readBuild(path: string, platform = 'esp32'): Build {
  const build = {
    modules: new Map<string, string>(),
    preload: new Set<string>(),
    config: {},
    defines: {},
    creation: {},
    natives: new Map<string, { arguments: string[]; returns: string }>(),
    sdk: new Set<string>(),
    partitions: '',
  }
  add(join(ROOT, path))
  return build

  function add(file: string): void {
    const manifest: Manifest = JSON.parse(readFileSync(file, 'utf8'))
    const own = manifest.platforms?.[platform]
    // mcconfig reads these before it goes on to what is included, so that an included manifest wins (parseManifest).
    for (const { build: variables } of [manifest, own ?? {}])
      if (variables?.PARTITIONS_FILE !== undefined) build.partitions = join(dirname(file), variables.PARTITIONS_FILE)
    merge(manifest, dirname(file))
    if (own !== undefined) merge(own, dirname(file))
  }

  function merge(manifest: Manifest, folder: string): void {
    for (const include of [manifest.include ?? []].flat()) {
      if (include.startsWith('$(')) build.sdk.add(include)
      else add(join(folder, include))
    }
    for (const [name, sources] of Object.entries(manifest.modules ?? {})) {
      for (const source of [sources].flat()) {
        if (!source.startsWith('$(')) addModules(name, join(folder, source))
      }
    }
    for (const name of manifest.preload ?? []) build.preload.add(name)
    for (const [name, prototype] of Object.entries(manifest.ffi?.functions ?? {})) build.natives.set(name, prototype)
    mergeProperties(build.config, manifest.config ?? {})
    mergeProperties(build.defines, manifest.defines ?? {})
    mergeProperties(build.creation, manifest.creation ?? {})
  }

  function addModules(name: string, source: string): void {
    if (!source.endsWith('*')) {
      build.modules.set(name === '*' ? source.slice(source.lastIndexOf('/') + 1) : name, `${source}.ts`)
      return
    }
    for (const file of readdirSync(dirname(source))) {
      if (file.endsWith('.ts') && !file.endsWith('.d.ts'))
        build.modules.set(name.replace('*', file.slice(0, -3)), join(dirname(source), file))
    }
  }
}

function mergeProperties(into: Record<string, unknown>, from: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(from)) {
    const old = into[name]
    if (isRecord(value)) {
      const merged = isRecord(old) ? old : {}
      mergeProperties(merged, value)
      into[name] = merged
    } else into[name] = value
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
