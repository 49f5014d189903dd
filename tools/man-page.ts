import type { EventEmitter } from 'node:events'
import type { Command } from 'commander'
import { RELEASE } from '../modules/app/version.js'

const STATUS: Readonly<Record<string, string>> = {
  0: 'Success.',
  1: 'The answer is "no": a message that the key does not open, no reply, bytes that nobody can decode.',
  2: 'Wrong usage.',
}

/** The manual page of a program and all commands below it, as `man` reads it. */
export function manPage(program: Command): string {
  const name = program.name()
  return [
    `.TH ${name.toUpperCase()} 1 "" "${name} ${RELEASE}" "User Commands"`,
    '.SH NAME',
    `${name} \\- ${text(program.description())}`,
    '.SH SYNOPSIS',
    `.B ${name}`,
    '.I command',
    '[options]',
    '.SH OPTIONS',
    ...terms(program),
    '.SH COMMANDS',
    ...program.commands.flatMap((one) => sections(one, name)),
    '.SH EXIT STATUS',
    ...Object.entries(STATUS).flatMap(([code, means]) => term(code, means)),
  ].join('\n')
}

/** A section for a command and for each below it. */
function sections(command: Command, above: string): string[] {
  const path = `${above} ${command.name()}`
  const after: string[] = []
  const emitter = command as Command & Pick<EventEmitter, 'emit'>
  emitter.emit('afterHelp', { command, error: false, write: (words: string) => after.push(words) })
  return [
    `.SS ${text(`${path} ${command.usage()}`)}`,
    text(sentence(command.description())),
    ...terms(command),
    ...(after.length === 0 ? [] : ['.PP', '.nf', text(after.join('').trim()), '.fi']),
    ...command.commands.flatMap((one) => sections(one, path)),
  ]
}

/** The arguments and options of a command. */
function terms(command: Command): string[] {
  const help = Object.assign(command.createHelp(), command.configureHelp())
  return [
    ...help.visibleArguments(command).flatMap((one) => term(help.argumentTerm(one), help.argumentDescription(one))),
    ...help.visibleOptions(command).flatMap((one) => term(help.optionTerm(one), help.optionDescription(one))),
  ]
}

function term(name: string, means: string): string[] {
  return ['.TP', `.B ${text(name)}`, text(means)]
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`
}

/** Text that is no request to the formatter, with hyphens that can be copied as they are typed. */
function text(words: string): string {
  return words
    .replace(/\\/g, '\\e')
    .replace(/-/g, '\\-')
    .replace(/^(?=[.'])/gm, '\\&')
}
