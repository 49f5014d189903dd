import type { Argument, Command, Option } from 'commander'
import { COMMAND_NAMES } from './commands.js'

/** What a value is: one of some words, the path of a file, or something that nobody can guess. */
export type Value = readonly string[] | 'file' | 'any'

export interface OptionWords {
  /** With its dashes. */
  readonly name: string
  readonly description: string
  /** Undefined where it takes none, or none that it needs. */
  readonly value: Value | undefined
}

/** A command, by the words that lead to it. */
export interface CommandWords {
  /** Empty for the program itself. */
  readonly path: readonly string[]
  readonly commands: readonly { readonly name: string; readonly description: string }[]
  readonly options: readonly OptionWords[]
  /** What stands behind it; undefined where nothing does. */
  readonly argument: Value | undefined
}

/** The program and all commands below it, as a shell has to know them. */
export function completionTree(command: Command, path: readonly string[] = []): CommandWords[] {
  const own: CommandWords = {
    path,
    commands: command.commands.map((one) => ({ name: one.name(), description: one.description() })),
    options: command
      .createHelp()
      .visibleOptions(command)
      .map((option) => ({ name: option.long!, description: option.description, value: valueAfter(option) })),
    argument: command.registeredArguments[0] && argumentOf(command.registeredArguments[0]),
  }
  return [own, ...command.commands.flatMap((one) => completionTree(one, [...path, one.name()]))]
}

const FILES = ['path', 'file', 'folder', 'device', 'image']

function valueAfter({ required, argChoices, flags }: Option): Value | undefined {
  if (!required) return undefined
  return argChoices ?? kindOf(/<(\w+)/.exec(flags)![1]!)
}

function argumentOf(argument: Argument): Value {
  if (argument.name() === 'command') return COMMAND_NAMES
  return argument.argChoices ?? kindOf(argument.name())
}

function kindOf(name: string): 'file' | 'any' {
  return FILES.includes(name) ? 'file' : 'any'
}
