import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { brokerAccess } from './broker-options.js'
import { configured, configuredPaths } from './config-settings.js'
import { UsageError } from './errors.js'
import { warnOfReaders } from './key-register.js'
import { fileText } from './lines.js'
import { parseMasterKeyText, parseSerial } from './options.js'

/** What the file says of a broker, and of keys. */
export const BROKER_SETTINGS = ['broker', 'password-file', 'ca'] as const
export const KEY_SETTINGS = ['key', 'key-file', 'keys'] as const

export type SettingName = (typeof BROKER_SETTINGS)[number] | (typeof KEY_SETTINGS)[number] | 'serial'

/** Bytes of the longest file. */
const MOST = 65_536

/** What a setting is, and what is wrong with its text: that throws `UsageError`. */
interface Setting {
  readonly isPath?: boolean
  readonly check?: (text: string) => unknown
}

/** What the file may say: options of commands, by their names without dashes. */
const SETTINGS: Readonly<Record<SettingName, Setting>> = {
  broker: { check: (text) => brokerAccess({ broker: text }) },
  'password-file': { isPath: true },
  ca: { isPath: true },
  key: { check: parseMasterKeyText },
  'key-file': { isPath: true },
  keys: { isPath: true },
  serial: { check: parseSerial },
}

/** Where a value of the file comes from, as commander says it: what somebody types goes over it. */
const SOURCE = 'default'

/** Lets a command have these settings from the file where nobody gives them as options. */
export function fromConfig(command: Command, ...names: readonly SettingName[]): Command {
  configured.set(command, {
    apply: () => applyConfig(command, names),
    settle: () => settleConfig(command, names),
    lineFor: (option) => (names.some((name) => name === option) ? `"${option} = ..." into ${configPath()}` : undefined),
  })
  return command
}

/** The path of the file, in the usual place of the system. */
export function configPath(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  const folder =
    platform === 'win32' ? (env.APPDATA ?? join(homedir(), 'AppData', 'Roaming')) : (env.XDG_CONFIG_HOME ?? '')
  return join(folder === '' ? join(homedir(), '.config') : folder, 'meterlogger', 'config')
}

/** Throws `UsageError` with the number of a wrong line. */
function applyConfig(command: Command, names: readonly SettingName[]): void {
  const path = configPath()
  if (!existsSync(path)) return
  const settings = parseConfig(fileText(path, '', MOST), path)
  for (const name of names) {
    const value = settings.get(name)
    const option = command.options.find(({ long }) => long === `--${name}`)
    if (value === undefined || option === undefined) continue
    if (SETTINGS[name].isPath) configuredPaths.set(value, `${path}: ${name}`)
    const parse = option.parseArg as ((text: string, previous: unknown) => unknown) | undefined
    command.setOptionValueWithSource(option.attributeName(), parse ? parse(value, undefined) : value, SOURCE)
  }
  const isSecret = settings.has('key') || /:[^@/]*@/.test(settings.get('broker')?.slice(8) ?? '')
  if (isSecret) warnOfReaders(path)
}

function settleConfig(command: Command, names: readonly string[]): void {
  const { env } = process
  const attribute = (name: string) => command.options.find(({ long }) => long === `--${name}`)?.attributeName() ?? name
  const isTyped = (name: string) => command.getOptionValueSource(attribute(name)) === 'cli'
  const drop = (all: readonly string[]) => {
    for (const name of all)
      if (names.includes(name) && command.getOptionValueSource(attribute(name)) === SOURCE)
        command.setOptionValueWithSource(attribute(name), undefined, SOURCE)
  }
  if (KEY_SETTINGS.some(isTyped) || (names.includes('key') && env.KEY)) drop(KEY_SETTINGS)
  if (isTyped('broker')) drop(BROKER_SETTINGS)
  if (isTyped('password-file') || env.BROKER_PASSWORD) drop(['password-file'])
}

/** Parses `NAME = VALUE` lines; `#` begins a comment. Paths begin at the folder of the file, or with `~/`. */
export function parseConfig(text: string, path: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>()
  const lines = new Map<string, number>()
  for (const [i, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const wrong = (problem: string) => new UsageError(`${path}: line ${i + 1}: ${problem}`)
    if (/^\s*(#|$)/.test(line)) continue
    const [, name = '', value = ''] = /^\s*([\w-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (value === '') throw wrong('expected NAME = VALUE, or # and a comment')
    if (!Object.hasOwn(SETTINGS, name))
      throw wrong(`${name}: not a setting; there are ${Object.keys(SETTINGS).join(', ')}`)
    const other = [...lines.keys()].find((one) => one === name || (isKey(one) && isKey(name)))
    if (other !== undefined) throw wrong(`${name}: ${other} stands in line ${lines.get(other)} already`)
    lines.set(name, i + 1)
    const { isPath, check } = SETTINGS[name as SettingName]
    try {
      check?.(value)
    } catch (error) {
      throw wrong(`${name}: ${(error as Error).message.replace(/^--[\w-]+: /, '')}`)
    }
    settings.set(name, isPath ? pathOf(value, path) : value)
  }
  return settings
}

function isKey(name: string): boolean {
  return (KEY_SETTINGS as readonly string[]).includes(name)
}

function pathOf(value: string, path: string): string {
  return value.startsWith('~/') ? join(homedir(), value.slice(2)) : resolve(dirname(path), value)
}
