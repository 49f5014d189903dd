import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join, relative } from 'node:path'
import { type Flags, parseFlags, SWITCHES, TEXTS } from '../modules/app/flags.js'
import { isExampleKey } from '../modules/codec/master-key.js'
import { BOARDS, boardManifests } from './boards.js'
import { UsageError } from './errors.js'

/** The ESP-IDF release that `SDK_RELEASE` builds with. */
export const ESP_IDF = 'v6.0'

/** Build options that must not stand on a command line, where every user of the computer sees them. */
export const SECRETS: readonly string[] = ['KEY', 'SETUP_PASSWORD', 'WATER_METERS']

/** The name of the manifest with the secrets, in the build folder. */
export const PRIVATE_MANIFEST = 'manifest.json'

/** One image may do for all boards, but leaving out the key may as well be a mistake. */
const NO_KEY =
  'no KEY: a board that has none stored asks for it on its set-up pages; the password of their network is on its serial console (115200 baud)'

export interface BuildPlan {
  /** Arguments of mcconfig. */
  readonly args: readonly string[]
  /** Build folder of this variant. The caller must create it, for its user alone: what is built holds the secrets. */
  readonly output: string
  /** The manifest in that folder that gives mcconfig the secrets. The caller must write it. */
  readonly manifest: object
  /** Where mcconfig puts the image. */
  readonly image: string
  /** Where it puts the boot loader (make.esp32.mk:661 of the SDK). */
  readonly bootLoader: string
  /** The partition table that its manifests name; from the root of the repository. */
  readonly table: string
  readonly flags: Flags
  /** What whoever builds should know; undefined for nothing. */
  readonly hint: string | undefined
}

/**
 * Plans the mcconfig call. Build options come from the environment, as with the original's make, and from arguments
 * NAME=VALUE, which win. Throws `UsageError` when an option or the board is wrong.
 */
export function planBuild(
  board: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  target: 'flash' | 'build',
): BuildPlan {
  const options = readOptions(args, env)
  const flags = parseFlags(options)
  if (!flags.ok) throw new UsageError(flags.error)
  const { key } = flags.value
  if (key !== undefined && isExampleKey(key))
    throw new UsageError(
      'KEY: everybody knows this one, and could read and command the device; make another, with "openssl rand -hex 16"',
    )
  const manifests = BOARDS[board]
  if (manifests === undefined)
    throw new UsageError(`--board: expected ${Object.keys(BOARDS).join(' or ')}, got "${board}"`)
  const output = join('build', 'esp32', `${board}-${variantOf(flags.value)}`)
  const { ble, tls } = flags.value
  const base = ble ? (tls ? manifests.bleTls : manifests.ble) : tls ? manifests.tls : manifests.plain
  const { build } = boardManifests(board)[base]!
  const bin = join(output, 'bin/esp32', flags.value.debug ? 'debug' : 'release', build.NAME)
  const given = Object.entries(options)
  return {
    flags: flags.value,
    hint: key === undefined ? NO_KEY : undefined,
    output,
    table: ble || tls ? 'manifests/partitions-one-slot.csv' : 'manifests/partitions.csv',
    image: join(bin, 'xs_esp32.bin'),
    bootLoader: join(bin, 'bootloader.bin'),
    manifest: {
      // mcconfig would name the build after the folder.
      build,
      include: [relative(output, base)],
      config: Object.fromEntries(given.filter(([name]) => SECRETS.includes(name))),
    },
    args: [
      ...(flags.value.debug ? ['-d'] : []),
      ...['-m', '-p', 'esp32', '-o', output],
      ...(target === 'build' ? ['-t', 'build'] : []),
      join(output, PRIVATE_MANIFEST),
      ...given.filter(([name]) => !SECRETS.includes(name)).map(([name, value]) => `${name}=${value}`),
    ],
  }
}

/** Build options by name. An argument NAME=VALUE wins over the environment; one of another form is a `UsageError`. */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv): Record<string, string> {
  const options: Record<string, string> = {}
  for (const name of [...TEXTS, ...SWITCHES]) if (env[name]) options[name] = env[name]
  for (const arg of args) {
    const equals = arg.indexOf('=')
    if (equals < 1) throw new UsageError(`expected NAME=VALUE, got "${arg}"`)
    options[arg.slice(0, equals)] = arg.slice(equals + 1)
  }
  return options
}

function variantOf({ driver, flowMeter, ble, tls, debug }: Flags): string {
  return [
    driver.name,
    ...(flowMeter ? ['flow'] : []),
    ...(ble ? ['ble'] : []),
    ...(tls ? ['tls'] : []),
    ...(debug ? ['debug'] : []),
  ].join('-')
}

/** Throws `UsageError` when the SDK or its ESP-IDF is missing or of the wrong release. */
export function checkTools(env: NodeJS.ProcessEnv): void {
  const howTo = 'install it with xs-dev (npm install -g xs-dev, xs-dev setup, xs-dev setup --device esp32)'
  const inPath = (env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'mcconfig')))
  if (!env.MODDABLE || !existsSync(env.MODDABLE))
    throw new UsageError(`no Moddable SDK: MODDABLE names no folder; ${howTo}`)
  if (!inPath) throw new UsageError(`no Moddable SDK: mcconfig is not in PATH; ${howTo}`)
  if (!env.IDF_PATH || !existsSync(env.IDF_PATH)) throw new UsageError(`no ESP-IDF: IDF_PATH names no folder; ${howTo}`)
  const version = idfVersion(env.IDF_PATH)
  const expected = expectedIdf(env.MODDABLE)
  if (version !== undefined && !version.startsWith(expected))
    throw new UsageError(`ESP-IDF: this SDK builds with ${expected}, IDF_PATH holds ${version}`)
}

/** The ESP-IDF release that the installed SDK names; a release of the SDK that names none is taken for `SDK_RELEASE`. */
function expectedIdf(moddable: string): string {
  const path = join(moddable, 'build/devices/esp32/manifest.json')
  const match = existsSync(path) ? /"EXPECTED_ESP_IDF": *"(v[0-9]+\.[0-9]+)/.exec(readFileSync(path, 'utf8')) : null
  return match?.[1] ?? ESP_IDF
}

function idfVersion(folder: string): string | undefined {
  const path = join(folder, 'tools/cmake/version.cmake')
  if (!existsSync(path)) return undefined
  const text = readFileSync(path, 'utf8')
  const part = (name: string) => new RegExp(`IDF_VERSION_${name} ([0-9]+)`).exec(text)?.[1] ?? '0'
  return `v${part('MAJOR')}.${part('MINOR')}.${part('PATCH')}`
}
