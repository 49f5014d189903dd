import { Command, CommanderError } from 'commander'
import { RELEASE } from '../modules/app/version.js'
import { endWithReader, withConventions } from './conventions.js'
import { report } from './errors.js'

interface Entry {
  readonly description: string
  /** Each command's module is loaded when somebody asks for it: all of them take a second and 50 MB. */
  load(): Promise<Command>
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  twin: {
    description: 'run the firmware on this computer; lines on standard input are commands to it',
    load: async () => (await import('./twin.js')).twinCommand(),
  },
  seal: {
    description: 'seal a text for a topic; prints the message as hex',
    load: async () => (await import('./seal.js')).sealCommand(),
  },
  open: {
    description: 'open a message; prints its text',
    load: async () => (await import('./seal.js')).openCommand(),
  },
  send: {
    description: 'seal a command and publish it to a device',
    load: async () => (await import('./send.js')).sendCommand(),
  },
  listen: {
    description: 'subscribe and print every message of the devices that the key opens',
    load: async () => (await import('./listen.js')).listenCommand(),
  },
  bridge: {
    description: 'open what the devices say and hand it on: Home Assistant, Prometheus, any MQTT client',
    load: async () => (await import('./bridge.js')).bridgeCommand(),
  },
  kmp: {
    description: 'Kamstrup Meter Protocol',
    load: async () => (await import('./kmp.js')).kmpCommand(),
  },
  en61107: {
    description: 'EN 61107 of MULTICAL 66-C and 66-B',
    load: async () => (await import('./en61107.js')).en61107Command(),
  },
  vw1871: {
    description: 'stream of the BLE concentrator VW1871',
    load: async () => (await import('./vw1871.js')).vw1871Command(),
  },
  wmbus: {
    description: 'wireless M-Bus of water and heat meters',
    load: async () => (await import('./wmbus.js')).wmbusCommand(),
  },
  kem: {
    description: 'meter keys out of a KEM file, the encrypted list of meters that Kamstrup delivers; prints JSON',
    load: async () => (await import('./kem.js')).kemCommand(),
  },
  doctor: {
    description: 'find out which meter is on a serial line, and what is wrong with it',
    load: async () => (await import('./doctor.js')).doctorCommand(),
  },
  meter: {
    description: 'be a MULTICAL 601 on standard input and output, which socat makes a serial line of',
    load: async () => (await import('./meter.js')).meterCommand(),
  },
  fleet: {
    description: 'many devices at once',
    load: async () => (await import('./fleet.js')).fleetCommand(),
  },
  image: {
    description: 'what goes to a board over the cable',
    load: async () => (await import('./image.js')).imageCommand(),
  },
  update: {
    description: 'new versions of the firmware: sign them, serve them, tell devices to fetch them',
    load: async () => (await import('./update.js')).updateCommand(),
  },
  label: {
    description: 'stickers with the QR codes of the set-up networks, an A4 page with 3 x 8 of 70 x 37 mm as SVG',
    load: async () => (await import('./label.js')).labelCommand(),
  },
  completion: {
    description: 'print a script that lets the shell complete commands, options and values',
    load: async () => (await import('./completion.js')).completionCommand(),
  },
}

/** Options whose answer needs the names of the commands only. */
const NAMES_DO = ['--help', '-h', '--version']

/** Runs the command line and sets the exit code: 0 success, 1 the answer is "no", 2 wrong usage. */
export async function main(argv: readonly string[]): Promise<void> {
  endWithReader()
  const program = programOf(await commandsFor(argv[2]))
  try {
    await program.parseAsync(argv)
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
    else report(error, 'meterlogger: ')
  }
}

/** The program with all its commands, for the manual page and the completion scripts. */
export async function wholeProgram(): Promise<Command> {
  return programOf(await commandsFor('help'))
}

function programOf(commands: readonly Command[]): Command {
  const program = new Command('meterlogger')
    .description('Tools for MeterLogger: run the firmware on this computer, seal and open its messages, decode meters')
    .version(RELEASE, '--version', 'print the version')
    .addHelpText(
      'after',
      '\nBroker, keys and serial number may stand in ~/.config/meterlogger/config (docs/configuration.md).',
    )
  for (const one of commands) program.addCommand(one.description(COMMANDS[one.name()]!.description))
  withConventions(program)
  return program.configureHelp({ ...program.configureHelp(), subcommandTerm: (one) => one.name() })
}

/** The command of this name. For help and completion all commands, loaded; for anything else only their names. */
async function commandsFor(name = '--help'): Promise<Command[]> {
  if (Object.hasOwn(COMMANDS, name) && name !== 'completion') return [await COMMANDS[name]!.load()]
  const needsAll = ['completion', 'help'].includes(name) || (name.startsWith('-') && !NAMES_DO.includes(name))
  return needsAll
    ? Promise.all(Object.values(COMMANDS).map(({ load }) => load()))
    : Object.keys(COMMANDS).map((one) => new Command(one))
}
