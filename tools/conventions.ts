import { type Command, Help, type Option } from 'commander'
import { configured } from './config-settings.js'

/** Makes a command and those below it say wrong usage and required options as every command does. */
export function withConventions(command: Command): Command {
  command
    .exitOverride()
    .showHelpAfterError('(--help says more)')
    .configureOutput({
      outputError: (text, write) => write(withConfigHint(command, text.replace(/^error: /, 'meterlogger: '))),
    })
    .configureHelp({ optionDescription })
    .hook('preSubcommand', (_, one) => {
      const isAsked = process.argv.includes('--help') || process.argv.includes('-h')
      if (!isAsked) configured.get(one)?.apply()
    })
    .hook('preAction', (_, one) => configured.get(one)?.settle())
  command.commands.map(withConventions)
  return command
}

/** Tells of the file where it could have said what is missing. */
function withConfigHint(command: Command, text: string): string {
  const [, option = ''] = /^meterlogger: required option '--([\w-]+)/.exec(text) ?? []
  const line = configured.get(command)?.lineFor(option)
  return line === undefined ? text : `${text.trimEnd()}; or write ${line}\n`
}

/** The end of a command's help. @param lines what stands behind `meterlogger` */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  meterlogger ${line}`).join('\n')}`
}

const help = new Help()

/** Marks what is required, and shows no default that is nothing. */
function optionDescription(option: Option): string {
  const { defaultValue, description } = option
  const isEmpty = typeof defaultValue === 'object' && option.defaultValueDescription === undefined
  const text = isEmpty ? description : help.optionDescription(option)
  return option.mandatory && defaultValue === undefined ? `${text} (required)` : text
}

/**
 * Ends the process silently where nobody reads its answer any more, as `| head` does; a command that has to tidy up first
 * listens itself. What is said goes on to be said to nobody.
 */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    if (process.stdout.listenerCount('error') === 1) process.exit(0)
  })
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}
