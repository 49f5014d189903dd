import { type Command, CommanderError } from 'commander'
import { withConventions } from './conventions.js'
import { report } from './errors.js'

/** Runs an `npm run` script by its options, and sets the exit code as `meterlogger` does: 2 for wrong usage. */
export async function runScript(program: Command): Promise<void> {
  withConventions(program)
  program.configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, `${scriptOf(program)}: `)) })
  try {
    await program.parseAsync()
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
    else report(error)
  }
}

function scriptOf(program: Command): string {
  return program.name().replace(/ --$/, '')
}
