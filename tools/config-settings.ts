import type { Command } from 'commander'

/** What the configuration file says of a broker, and of keys. */
export const BROKER_SETTINGS = ['broker', 'password-file', 'ca'] as const
export const KEY_SETTINGS = ['key', 'key-file', 'keys'] as const

export type SettingName = (typeof BROKER_SETTINGS)[number] | (typeof KEY_SETTINGS)[number] | 'serial'

const taken = new WeakMap<Command, readonly SettingName[]>()

/** Lets a command have these settings from the configuration file where nobody gives them as options. */
export function fromConfig(command: Command, ...names: readonly SettingName[]): Command {
  taken.set(command, names)
  return command
}

/** The settings that a command takes from the file. */
export function settingsOf(command: Command): readonly SettingName[] {
  return taken.get(command) ?? []
}
