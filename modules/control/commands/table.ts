import type { CommandFamily } from '../device.js'
import { cron } from './cron.js'
import { diagnostics, impulse, stackTrace } from './diagnostics.js'
import { valve } from './valve.js'
import { wifi } from './wifi.js'

/** What decides which commands a build has. */
export interface CommandBuild {
  /** The device drives a valve. */
  readonly hasValve: boolean
  /** The firmware itself counts what its meter gives. */
  readonly counts: boolean
  readonly cron: boolean
  readonly stackTrace: boolean
}

/** Commands that change nothing: they may be answered again. */
export const QUESTIONS: readonly string[] = Object.freeze([
  'ping',
  'version',
  'crypto',
  'uptime',
  'mem',
  'vdd',
  'chip_id',
  'flash_id',
  'flash_size',
  'reset_reason',
  'stack_trace',
  'rssi',
  'ssid',
  'wifi_status',
  'scan',
  'network_quality',
  'disconnect_count',
  'ap_status',
  'status',
  'cron',
] as const)

/** All commands of a build. */
export function commandsOf(build: CommandBuild): CommandFamily {
  return {
    ...diagnostics,
    ...wifi,
    ...(build.stackTrace ? stackTrace : {}),
    ...(build.counts ? impulse : {}),
    ...(build.hasValve ? valve : {}),
    ...(build.hasValve && build.cron ? cron : {}),
  }
}
