import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Flags, parseFlags, SWITCHES, TEXTS } from '../modules/app/flags.js'
import { WrongUsage } from './errors.js'

interface Manifests {
  readonly plain: string
  /** With BLE, which takes flash and memory and shares the radio with Wi-Fi. */
  readonly ble: string
}

/** Boards and their manifests. */
export const BOARDS: Readonly<Record<string, Manifests>> = {
  devkit: { plain: 'manifest.json', ble: 'manifests/devkit-ble.json' },
  daughterboard: { plain: 'manifests/daughterboard.json', ble: 'manifests/daughterboard-ble.json' },
}

/** The ESP-IDF release that version 8.2.3 of the SDK builds with. */
const ESP_IDF = 'v6.0'

export interface BuildPlan {
  /** Arguments of mcconfig. */
  readonly args: readonly string[]
  /** Build folder of this variant, which has to exist. */
  readonly output: string
  readonly flags: Flags
}

/**
 * The mcconfig call for build options that stand in the environment, as with the original's make, and in arguments
 * NAME=VALUE, which go first.
 */
export function planBuild(
  board: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  target: 'flash' | 'build',
): BuildPlan {
  const options = readOptions(args, env)
  const flags = parseFlags(options)
  if (!flags.ok) throw new WrongUsage(flags.error)
  const manifests = BOARDS[board]
  if (manifests === undefined)
    throw new WrongUsage(`--board: expected ${Object.keys(BOARDS).join(' or ')}, got "${board}"`)
  const output = join('build', 'esp32', `${board}-${variantOf(flags.value)}`)
  return {
    flags: flags.value,
    output,
    args: [
      ...(flags.value.debug ? ['-d'] : []),
      ...['-m', '-p', 'esp32', '-o', output],
      ...(target === 'build' ? ['-t', 'build'] : []),
      flags.value.ble ? manifests.ble : manifests.plain,
      ...Object.entries(options).map(([name, value]) => `${name}=${value}`),
    ],
  }
}

/** Build options of the environment and of arguments NAME=VALUE, which go first. */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv): Record<string, string> {
  const options: Record<string, string> = {}
  for (const name of [...TEXTS, ...SWITCHES]) if (env[name]) options[name] = env[name]
  for (const arg of args) {
    const equals = arg.indexOf('=')
    if (equals < 1) throw new WrongUsage(`expected NAME=VALUE, got "${arg}"`)
    options[arg.slice(0, equals)] = arg.slice(equals + 1)
  }
  return options
}

function variantOf({ driver, flowMeter, ble, debug }: Flags): string {
  return [driver.name, ...(flowMeter ? ['flow'] : []), ...(ble ? ['ble'] : []), ...(debug ? ['debug'] : [])].join('-')
}

/** The command as one would type it, without the keys. */
export function commandText(args: readonly string[]): string {
  return ['mcconfig', ...args.map((arg) => arg.replace(/^(KEY|WATER_METERS)=.*/, '$1=...'))].join(' ')
}

/** Throws when the SDK or its ESP-IDF are not there, or not the right ones. */
export function checkTools(env: NodeJS.ProcessEnv): void {
  const howTo = 'install it with xs-dev (npm install -g xs-dev, xs-dev setup, xs-dev setup --device esp32)'
  const inPath = (env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'mcconfig')))
  if (!env.MODDABLE || !existsSync(env.MODDABLE))
    throw new WrongUsage(`no Moddable SDK: MODDABLE names no folder; ${howTo}`)
  if (!inPath) throw new WrongUsage(`no Moddable SDK: mcconfig is not in PATH; ${howTo}`)
  if (!env.IDF_PATH || !existsSync(env.IDF_PATH)) throw new WrongUsage(`no ESP-IDF: IDF_PATH names no folder; ${howTo}`)
  const version = idfVersion(env.IDF_PATH)
  const expected = expectedIdf(env.MODDABLE)
  if (version !== undefined && !version.startsWith(expected))
    throw new WrongUsage(`ESP-IDF: this SDK builds with ${expected}, IDF_PATH holds ${version}`)
}

/** What the SDK itself says, else what version 8.2.3 wants. */
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
