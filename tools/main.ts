import { Command, CommanderError } from 'commander'
import { doctorCommand } from './doctor.js'
import { en61107Command } from './en61107.js'
import { report } from './errors.js'
import { fleetCommand } from './fleet.js'
import { imageCommand } from './image.js'
import { kemCommand } from './kem.js'
import { kmpCommand } from './kmp.js'
import { listenCommand } from './listen.js'
import { meterCommand } from './meter.js'
import { openCommand, sealCommand } from './seal.js'
import { sendCommand } from './send.js'
import { twinCommand } from './twin.js'
import { updateCommand } from './update.js'
import { vw1871Command } from './vw1871.js'
import { wmbusCommand } from './wmbus.js'

/** Runs the command line and sets the exit code: 0 success, 1 the answer is "no", 2 wrong usage. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('meterlogger')
    .description('Tools for MeterLogger: run the firmware on this computer, seal and open its messages, decode meters')
    .exitOverride()
    .showHelpAfterError('(--help says more)')
  for (const command of [
    twinCommand,
    sealCommand,
    openCommand,
    sendCommand,
    listenCommand,
    kmpCommand,
    en61107Command,
    vw1871Command,
    wmbusCommand,
    kemCommand,
    doctorCommand,
    meterCommand,
    fleetCommand,
    imageCommand,
    updateCommand,
  ])
    program.addCommand(inherit(command()))
  try {
    await program.parseAsync(argv)
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
    else report(error, 'meterlogger: ')
  }
}

function inherit(command: Command): Command {
  command.exitOverride().showHelpAfterError('(--help says more)')
  command.commands.map(inherit)
  return command
}
