import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MANIFESTS, readBuild } from '../manifest.js'
import { differences, unknownOptions } from './compare.js'
import type { SdkNames } from './names.js'
import { namesOfSource } from './source.js'
import { namesOfTypings } from './typings.js'

const BOARD = fileURLToPath(new URL('..', import.meta.url))
const TYPINGS = join(BOARD, '../../typings')

/** The kept list of names. */
export const KEPT = join(BOARD, 'sdk-names.json')

/** The rig's own, which no module of the firmware imports. */
const OWN = 'board/'

/** Modules that the SDK's tools write for a build. */
const WRITTEN = ['mc/config', 'mc/ffi']

export function readKept(): SdkNames {
  return JSON.parse(readFileSync(KEPT, 'utf8'))
}

/** What stand-ins have that the SDK has not. */
export function standInDifferences({ modules }: SdkNames): string[] {
  const folder = join(BOARD, 'sdk')
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !file.startsWith(OWN))
    .sort()
    .flatMap((file) => {
      const name = specifierOf(file)
      return differences(name, namesOfSource(readFileSync(join(folder, file), 'utf8'), file), modules[name])
    })
}

/** What typings promise that the SDK has not; of the native functions, what no manifest binds. */
export function typingsDifferences(sdk: SdkNames): string[] {
  return readdirSync(TYPINGS)
    .filter((file) => file.endsWith('.d.ts'))
    .sort()
    .flatMap((file) => typingsTextDifferences(readFileSync(join(TYPINGS, file), 'utf8'), file, sdk))
}

export function typingsTextDifferences(text: string, file: string, { modules }: SdkNames): string[] {
  const found: string[] = []
  for (const [name, module] of namesOfTypings(text, file)) {
    if (name === 'mc/ffi')
      found.push(...nativeDifferences(module.classes[module.exports.default ?? '']?.instance ?? {}))
    if (WRITTEN.includes(name)) continue
    found.push(...differences(name, module, modules[name]), ...unknownOptions(name, module.options, modules[name]))
  }
  return found
}

function nativeDifferences(typed: Readonly<Record<string, unknown>>): string[] {
  const bound = new Map<string, number>()
  for (const platform of ['esp32', 'lin'])
    for (const manifest of MANIFESTS)
      for (const [name, { arguments: types }] of readBuild(manifest, platform).natives) bound.set(name, types.length)
  return Object.entries(typed).flatMap(([name, parameters]) => {
    const count = bound.get(name)
    if (count === undefined) return [`mc/ffi: ${name}: no manifest binds it`]
    return parameters === count ? [] : [`mc/ffi: ${name}: ${parameters} parameters, the manifest has ${count}`]
  })
}

/** `embedded/io/serial.ts` is `embedded:io/serial`. */
function specifierOf(file: string): string {
  return file.replace(/\.ts$/, '').replace(/^embedded\//, 'embedded:')
}
