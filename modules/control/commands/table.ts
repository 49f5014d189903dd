import type { CommandTable } from '../device.js'
import { broker } from './broker.js'
import { cron } from './cron.js'
import { diagnostics, impulse, stackTrace } from './diagnostics.js'
import { radio } from './radio.js'
import { update } from './update.js'
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
  /** Radio meters are read through a concentrator. */
  readonly ble: boolean
}

/** All commands of a build. */
export function commandsOf(build: CommandBuild): CommandTable {
  return {
    ...diagnostics,
    ...wifi,
    ...broker,
    ...update,
    ...(build.stackTrace ? stackTrace : {}),
    ...(build.ble ? radio : {}),
    ...(build.counts ? impulse : {}),
    ...(build.hasValve ? valve : {}),
    ...(build.hasValve && build.cron ? cron : {}),
  }
}
