import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { transformSync } from 'esbuild'
import { configSource } from './config-source.js'
import { type Build, readBuild } from './manifest.js'

const SDK = fileURLToPath(new URL('sdk', import.meta.url))

/** A specifier of the SDK's as a file of our stand-ins: `embedded:io/socket/tcp` is `sdk/embedded/io/socket/tcp.ts`. */
function standInPath(name: string): string {
  return `${join(SDK, name.replace(':', '/'))}.ts`
}

export interface ImageOptions {
  /** Build options, as they are given to mcconfig: `KEY=...`. */
  readonly flags?: Readonly<Record<string, string>>
  /** Another source for one of the modules, by its name: what was mended is put back to see the rig notice. */
  readonly replaced?: Readonly<Record<string, string>>
}

/** The image of a board for the host program `xsboard`: every module that the manifest maps and what those import of the SDK. */
export function imageOf(manifest: string, { flags = {}, replaced = {} }: ImageOptions = {}): Uint8Array {
  const build = readBuild(manifest)
  const sources = new Map<string, string>()
  // A main of a test's own brings what it imports.
  const pending = replaced.main === undefined ? [...build.modules.keys()] : ['main']
  for (;;) {
    const name = pending.pop()
    if (name === undefined) break
    if (sources.has(name)) continue
    const source = compile(name, replaced[name] ?? sourceOf(name, build, flags))
    sources.set(name, source)
    for (const specifier of importsOf(source)) pending.push(resolve(specifier, name))
  }
  sources.set('board/bios', compile('board/bios', readFileSync(join(SDK, '../bios.ts'), 'utf8')))
  const parts: Uint8Array[] = []
  for (const [name, source] of sources) {
    const bytes = Buffer.from(source)
    parts.push(Buffer.from(`M ${name} ${bytes.length}\n`), bytes)
  }
  // What a preloaded module imports is preloaded with it; of the SDK's own manifests all is.
  for (const name of sources.keys())
    if (build.preload.has(name) || !build.modules.has(name)) {
      if (name !== 'board/bios') parts.push(Buffer.from(`P ${name}\n`))
    }
  return Buffer.concat(parts)
}

function sourceOf(name: string, build: Build, flags: Readonly<Record<string, string>>): string {
  const own = build.modules.get(name)
  if (own !== undefined) return readFileSync(own, 'utf8')
  if (name === 'mc/config') return configSource({ ...build.config, ...flags })
  if (name === 'mc/ffi') return ffiModule(build)
  const path = standInPath(name)
  if (!existsSync(path)) throw new Error(`no stand-in for the SDK's module '${name}'`)
  return readFileSync(path, 'utf8')
}

/** A class with one method for each function of the manifest's `ffi`, which takes as many values as that says (tools/ffi.js). */
function ffiModule({ natives }: Build): string {
  const methods = [...natives].map(
    ([name, { arguments: types }]) => `${name}(...values) { return invoke('${name}', ${types.length}, values) }`,
  )
  return `import { invoke } from 'board/ffi'
export default class FFI { ${methods.join('\n')} }`
}

const compiled = new Map<string, string>()

function compile(name: string, source: string): string {
  const known = compiled.get(source)
  if (known !== undefined) return known
  const { code } = transformSync(source, { loader: 'ts', target: 'es2022', format: 'esm', sourcefile: name })
  compiled.set(source, code)
  return code
}

function importsOf(source: string): string[] {
  return [...source.matchAll(/^(?:import|export)\b[^;]*?\bfrom\s+"([^"]+)"|^import\s+"([^"]+)"/gm)].map(
    (found) => (found[1] ?? found[2])!,
  )
}

/** As XS resolves it on the device (xs/sources/xsPlatforms.c, fxFindModule). */
function resolve(specifier: string, from: string): string {
  if (!specifier.startsWith('.')) return specifier
  const parts = from.split('/').slice(0, -1)
  for (const part of specifier.replace(/\.m?js$/, '').split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return parts.join('/')
}
