import type { CommandTable } from '../device.js'
import { cron } from './cron.js'
import { diagnostics, impulse, stackTrace } from './diagnostics.js'
import { valve } from './valve.js'
import { wifi } from './wifi.js'

/** What decides which commands a build has. */
export interface CommandBuild {
  readonly impulse: boolean
  readonly cron: boolean
  readonly stackTrace: boolean
}

/** All commands of a build. */
export function commandsOf(build: CommandBuild): CommandTable {
  return {
    ...diagnostics,
    ...wifi,
    ...(build.stackTrace ? stackTrace : {}),
    ...(build.impulse ? impulse : valve),
    ...(build.cron && !build.impulse ? cron : {}),
  }
}
