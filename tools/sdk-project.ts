import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The adapters that a build chooses, by platform. */
const PLATFORMS = {
  esp32: {
    ble: 'ble-esp32',
    flash: 'flash-esp32',
    impulse: 'impulse-esp32',
    machine: 'machine-esp32',
    slots: 'slots-esp32',
    radio: 'radio-esp32',
    tls: 'tls-socket',
  },
  lin: {
    ble: 'ble-none',
    flash: 'flash-lin',
    impulse: 'impulse-lin',
    machine: 'machine-lin',
    radio: 'radio-lin',
    slots: 'slots-lin',
    tls: 'tls-socket',
  },
} as const
export type Platform = keyof typeof PLATFORMS
export const PLATFORM_NAMES = Object.keys(PLATFORMS) as Platform[]

interface Signature {
  readonly arguments: readonly string[]
  readonly returns: string
}
interface Manifest {
  readonly modules?: Readonly<Record<string, string | readonly string[]>>
  readonly platforms: Readonly<
    Record<
      string,
      { readonly modules?: Manifest['modules']; readonly ffi?: { readonly functions: Record<string, Signature> } }
    >
  >
}

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest
}

/** The native functions that the manifests bind, with the types that mcconfig gives them (tools/ffi.js of the SDK). */
export function ffiSignatures(root: string, platform: Platform): string[] {
  return ['base', 'ble'].flatMap((name) => {
    const manifest = readManifest(join(root, `manifests/${name}.json`))
    const functions = manifest.platforms[platform]?.ffi?.functions ?? {}
    return Object.entries(functions).map(
      ([name, { arguments: args, returns }]) => `${name}(${args.map(ffiType).join(', ')}): ${ffiType(returns)}`,
    )
  })
}

function ffiType(type: string): string {
  if (type === 'void') return type
  if (type.endsWith('char*')) return 'string'
  if (/[*\]]$/.test(type)) return 'ArrayBuffer'
  return type.includes('int64') ? 'bigint' : 'number'
}

/** The declaration of `mc/ffi` that mcconfig makes of the manifests. */
export function ffiDeclaration(root: string, platform: Platform): string {
  const methods = ffiSignatures(root, platform).map((signature) => {
    let argument = 0
    return `    ${signature.replace(/(?<=[(] ?|, )(?=[a-zA-Z])/g, () => `arg${argument++}: `)}`
  })
  return `declare module 'mc/ffi' {\n  export default class FFI {\n${methods.join('\n')}\n  }\n}\n`
}

/** Pairs of a module and its typings in the SDK. As in mcconfig, `*` stands for the files of one folder only. */
function typingsOf(name: string, file: string, sdk: string): [string, string][] {
  if (!file.startsWith('$(MODDABLE)/typings/')) return []
  const path = file.replace('$(MODDABLE)', sdk)
  if (!path.endsWith('*')) return [[name, path]]
  const folder = dirname(path)
  return readdirSync(folder)
    .filter((entry) => entry.endsWith('.d.ts'))
    .map((entry) => entry.slice(0, -'.d.ts'.length))
    .map((module) => [name.replace('*', module), join(folder, module)])
}

/** A tsconfig that checks main.ts and modules/device against the SDK's own typings, as a build for the platform does. */
export function sdkProject(root: string, sdk: string, platform: Platform, ffi: string): object {
  const chosen = PLATFORMS[platform]
  const paths: Record<string, string[]> = {}
  const typings = readManifest(join(sdk, 'examples/manifest_typings.json'))
  const base = readManifest(join(root, 'manifests/base.json'))
  for (const modules of [typings.modules, typings.platforms['...']?.modules, base.platforms[platform]?.modules])
    for (const [name, files] of Object.entries(modules ?? {}))
      for (const file of [files].flat())
        for (const [module, path] of typingsOf(name, file.replace('$(TYPINGS)', '$(MODDABLE)/typings'), sdk))
          paths[module] = [path]
  paths['mc/ffi'] = [ffi.replace(/\.d\.ts$/, '')]
  paths['app/*'] = [join(root, 'modules/app/*')]
  paths['codec/*'] = [join(root, 'modules/codec/*')]
  paths['device/*'] = [join(root, 'modules/device/*')]
  for (const [name, file] of Object.entries(chosen)) paths[`device/${name}`] = [join(root, 'modules/device', file)]
  return {
    extends: join(root, 'tsconfig.device.json'),
    compilerOptions: {
      incremental: false,
      tsBuildInfoFile: null,
      lib: ['es2025'],
      target: 'es2025',
      types: [join(sdk, 'xs/includes/xs'), join(sdk, 'typings/global')],
      paths,
    },
    files: ['main.ts', ...Object.values(chosen).map((file) => `modules/device/${file}.ts`)].map((file) =>
      join(root, file),
    ),
    include: [],
  }
}
