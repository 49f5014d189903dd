import { commandsOf } from '../modules/control/commands/table.js'

/** Names of the commands that change nothing. */
export const QUESTIONS: readonly string[] = Object.entries(
  commandsOf({ hasValve: true, counts: false, cron: true, stackTrace: true, ble: true }),
)
  .filter(([, { effect }]) => effect === 'asks')
  .map(([name]) => name)
