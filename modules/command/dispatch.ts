import type { Command, CommandTarget } from './command.js'
import { diagnostics } from './diagnostics.js'

const COMMANDS: Readonly<Record<string, Command>> = Object.freeze({ ...diagnostics })

/** Runs the command of this name; the text of its reply, undefined when it has none or is not known. */
export function dispatch(name: string, payload: string, target: CommandTarget): string | undefined {
  return Object.hasOwn(COMMANDS, name) ? COMMANDS[name]!(target, payload) : undefined
}
