import { Command, CommanderError } from 'commander'
import { RELEASE } from '../modules/app/version.js'
import { endWithReader, withConventions } from './conventions.js'
import { report } from './errors.js'

/** Each command's module is loaded when somebody asks for it: all of them take a second and 50 MB. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  twin: async () => (await import('./twin.js')).twinCommand(),
  seal: async () => (await import('./seal.js')).sealCommand(),
  open: async () => (await import('./seal.js')).openCommand(),
  send: async () => (await import('./send.js')).sendCommand(),
  listen: async () => (await import('./listen.js')).listenCommand(),
  bridge: async () => (await import('./bridge.js')).bridgeCommand(),
  kmp: async () => (await import('./kmp.js')).kmpCommand(),
  en61107: async () => (await import('./en61107.js')).en61107Command(),
  vw1871: async () => (await import('./vw1871.js')).vw1871Command(),
  wmbus: async () => (await import('./wmbus.js')).wmbusCommand(),
  kem: async () => (await import('./kem.js')).kemCommand(),
  doctor: async () => (await import('./doctor.js')).doctorCommand(),
  meter: async () => (await import('./meter.js')).meterCommand(),
  fleet: async () => (await import('./fleet.js')).fleetCommand(),
  image: async () => (await import('./image.js')).imageCommand(),
  update: async () => (await import('./update.js')).updateCommand(),
  label: async () => (await import('./label.js')).labelCommand(),
  completion: async () => (await import('./completion.js')).completionCommand(),
}

/**
 * Runs the command line and sets the exit code: 0 success, 1 the answer is "no", 2 wrong usage.
 * @param command the one that it names, where that is loaded
 */
export async function main(argv: readonly string[], command?: Command): Promise<void> {
  const program = new Command('meterlogger')
    .description('Tools for MeterLogger: run the firmware on this computer, seal and open its messages, decode meters')
    .version(RELEASE, '--version', 'print the version')
  endWithReader()
  for (const one of command === undefined ? await commandsFor(argv[2]) : [command]) program.addCommand(one)
  withConventions(program)
  try {
    await program.parseAsync(argv)
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
    else report(error, 'meterlogger: ')
  }
}

/** The command of this name alone; all of them where there is none, and for the one that tells of them all. */
async function commandsFor(name = ''): Promise<Command[]> {
  if (name === '--version') return []
  const one = Object.hasOwn(COMMANDS, name) && name !== 'completion' ? COMMANDS[name] : undefined
  return Promise.all((one === undefined ? Object.values(COMMANDS) : [one]).map((load) => load()))
}
