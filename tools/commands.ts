import type { Flags } from '../modules/app/flags.js'
import { byteLength } from '../modules/codec/utf8.js'
import { isWpaPassword } from '../modules/codec/wpa.js'
import { parseBroker } from '../modules/control/commands/broker.js'
import { CRON_COMMANDS } from '../modules/control/commands/cron.js'
import { type CommandBuild, commandsOf } from '../modules/control/commands/table.js'
import { parseUpdateRequest } from '../modules/control/commands/update.js'
import { parseJob } from '../modules/control/cron/job.js'
import { parseCredentials } from '../modules/control/texts.js'
import { FLOW_DECIMALS, parseAmount } from '../modules/control/valve/amount.js'
import { parseHeaders } from '../modules/radio/header-list.js'
import { MAX_PASSWORD, MAX_SSID } from '../modules/storage/settings.js'
import { parseAddress } from '../modules/update/address.js'
import { nearest } from './nearest.js'

/** A command's parameter: what it is, for people, and what is wrong with a text that no device takes. */
interface Parameter {
  readonly what: string
  problem(text: string): string | undefined
}

/** No build is so; it would have every command. */
const EVERY: CommandBuild = { hasValve: true, counts: true, cron: true, stackTrace: true, ble: true }

/** The names of all commands that any build of the firmware knows. */
export const COMMAND_NAMES: readonly string[] = Object.keys(commandsOf(EVERY))

/** Which builds have what hangs on a part of them. Without a valve there are no jobs either. */
const BUILDS = Object.entries({
  ble: 'builds with radio meters',
  counts: 'impulse builds',
  stackTrace: 'builds with DEBUG_STACK_TRACE',
  cron: 'not in impulse builds, not with NO_CRON',
  hasValve: 'not in impulse builds',
} satisfies Record<keyof CommandBuild, string>)

/** The builds that have a command, for people; undefined where all have it. */
export function buildsWith(name: string): string | undefined {
  return BUILDS.find(([part]) => !Object.hasOwn(commandsOf({ ...EVERY, [part]: false }), name))?.[1]
}

/** The names of the commands of one build. */
export function commandNamesOf({ driver, cron, stackTrace, ble }: Flags): readonly string[] {
  return Object.keys(commandsOf({ ...driver, cron, stackTrace, ble }))
}

const amount: Parameter = {
  what: 'kWh, m3 with FLOW_METER',
  problem: (text) => (parseAmount(text, FLOW_DECIMALS) === undefined ? 'expected a number, not negative' : undefined),
}

/** The commands that take a parameter. What is wrong with one, the firmware's own parsers say. */
const PARAMETERS: Readonly<Record<string, Parameter>> = {
  set_ssid: {
    what: `name, 1 to ${MAX_SSID} bytes`,
    problem: (text) => (text === '' ? 'expected a name' : tooLong(text, MAX_SSID)),
  },
  set_pwd: { what: `password, ${MAX_PASSWORD} bytes at most`, problem: (text) => tooLong(text, MAX_PASSWORD) },
  set_ssid_pwd: { what: 'ssid=..&pwd=..', problem: (text) => credentialsProblem(text, 'pair') },
  set_fallback_ssid_pwd: { what: 'ssid=..&pwd=..', problem: (text) => credentialsProblem(text, 'name') },
  set_ap_mesh_pwd: {
    what: 'password, 8 to 63 characters of ASCII; empty for none',
    problem: (text) => (text === '' || isWpaPassword(text) ? undefined : 'expected 8 to 63 characters of ASCII'),
  },
  set_mqtt: {
    what: 'any of host=..&port=..&user=..&pwd=..&certificate=.., its fingerprint for TLS, or none',
    problem: (text) => {
      const broker = parseBroker(text)
      if (!broker.ok) return broker.error
      return Object.keys(broker.value).length === 0 ? 'expected host, port, user, pwd or certificate' : undefined
    },
  },
  set_radio_headers: {
    what: 'record headers of radio meters, HEX,HEX?; empty for none',
    problem: (text) => {
      const headers = parseHeaders(text)
      return headers.ok ? undefined : headers.error
    },
  },
  update: {
    what: 'version=..&url=http://..; &force=1 for an older one, or one that has failed',
    problem: (text) => {
      const request = parseUpdateRequest(text)
      if (!request.ok) return request.error
      const address = parseAddress(request.value.url)
      return address.ok ? undefined : address.error
    },
  },
  open_until: amount,
  open_until_delta: amount,
  set_cron: {
    what: 'minute=..&hour=..&day_of_month=..&month=..&day_of_week=..&command=..',
    problem: (text) => {
      const job = parseJob(text)
      if (!job.ok) return job.error
      const names = Object.keys(CRON_COMMANDS)
      return names.includes(job.value.command) ? undefined : `command: expected one of ${names.join(', ')}`
    },
  },
}

/** How a command is answered. */
export interface Reply {
  /** The name of its reply; undefined where it has none. */
  readonly name?: string
  /** The question that tells what came of it. */
  readonly check?: string
  /** Whether several replies come, one after the other. */
  readonly isMany?: boolean
}

/** The commands that are answered under another name, or not at all. Another command then tells what came of it. */
const REPLIES: Readonly<Record<string, Reply>> = {
  scan: { name: 'scan_result', isMany: true },
  open: { check: 'status' },
  close: { check: 'status' },
  start_ap: { check: 'ap_status' },
  stop_ap: { check: 'ap_status' },
  restart: {},
  reconnect: {},
}

/** The parameter that the server sends where a command takes none. */
export const NO_PARAMETER = '1'

/**
 * What is wrong with a command, or the parameter to send with it.
 *
 * @param names the commands that there are
 */
export function checkedCommand(
  name: string,
  payload: string | undefined,
  names = COMMAND_NAMES,
): { readonly problem: string } | { readonly payload: string } {
  if (!names.includes(name)) return { problem: `${name}: ${unknownText(name, names)}` }
  const parameter = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name]! : undefined
  if (parameter === undefined) return { payload: payload ?? NO_PARAMETER }
  if (payload === undefined) return { problem: `${name}: needs its parameter: ${parameter.what}` }
  const problem = parameter.problem(payload)
  return problem === undefined ? { payload } : { problem: `${name}: ${problem}` }
}

function unknownText(name: string, names: readonly string[]): string {
  if (COMMAND_NAMES.includes(name))
    return 'this device does not have that command; another build of the firmware has it'
  const meant = nearest(name, names)
  return meant === undefined ? `not a command; there are ${names.join(', ')}` : `not a command; did you mean ${meant}?`
}

/** How a command is answered: by a reply, by what a question tells, or not at all. */
export function replyOf(name: string): Reply {
  return Object.hasOwn(REPLIES, name) ? REPLIES[name]! : { name }
}

/** What a command takes, for people; undefined where it takes nothing. */
export function parameterOf(name: string): string | undefined {
  return Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name]!.what : undefined
}

/** The list of commands, for people. @param names those of one build; else of all, with the builds that have each */
export function commandsText(names?: readonly string[]): string {
  const lines = (names ?? COMMAND_NAMES).map((name) => {
    const builds = names === undefined ? buildsWith(name) : undefined
    const words = [parameterOf(name), builds && `(${builds})`].filter((word) => word !== undefined)
    return `  ${name.padEnd(22)} ${words.join(' ')}`.trimEnd()
  })
  return `\nCommands, and the parameter of those that take one:\n${lines.join('\n')}`
}

function credentialsProblem(text: string, needs: 'pair' | 'name'): string | undefined {
  const { ssid, password } = parseCredentials(text)
  if (ssid === undefined && (needs === 'name' || password === undefined)) return 'expected ssid=..&pwd=..'
  return tooLong(ssid ?? '', MAX_SSID) ?? tooLong(password ?? '', MAX_PASSWORD)
}

function tooLong(text: string, most: number): string | undefined {
  return byteLength(text) > most ? `expected at most ${most} bytes, got ${byteLength(text)}` : undefined
}
