import { Command, Option } from 'commander'
import { RealClock } from '../twin/clock.js'
import { withBroker } from './broker-options.js'
import { parseDuration, parseSerial, parseWhole } from './options.js'
import { type PushOptions, push } from './push.js'
import { parseStages } from './stages.js'

export function pushCommand(): Command {
  return withBroker(new Command('push'))
    .description('tell devices to update, in stages; stops at the first failure. Prints a line a device')
    .requiredOption('--keys <path>', 'key register; its order is the order of the roll-out')
    .requiredOption('--url <url>', 'the signed file as the devices reach it, http://host:port/path')
    .addOption(new Option('--group <name>', 'only the devices of this group').conflicts('serial'))
    .option('--serial <n...>', 'only these devices', (text: string, before: readonly string[] = []) => [
      ...before,
      parseSerial(text),
    ])
    .addOption(
      new Option('--stages <list>', 'how many devices have it after each stage, as numbers or shares of all')
        .argParser(parseStages)
        .default(parseStages('1,10,100%'), '1,10,100%'),
    )
    .option('--parallel <n>', 'devices at a time within a stage', parseWhole('--parallel', 1, 1_000), 20)
    .addOption(
      new Option('--timeout <duration>', 'a device that tells nothing for so long has failed')
        .argParser(parseDuration('--timeout'))
        .default(parseDuration('--timeout')('30m'), '30m'),
    )
    .option('--force', 'also to an older or the same version, and to one that has failed there')
    .option('--log <file>', 'keep what was told and how it ended; with the same file another run goes on')
    .addHelpText(
      'after',
      `
A device is good when the new version has proved itself there: the broker has acknowledged a sample of a meter that was read.
After the first failure no further device is told; those under way are waited for. Exit codes: 0 all devices of the stages
are good, 1 not all, 2 wrong usage.

Example:
  meterlogger update push --broker mqtt://operator@broker.example.org --keys keys.csv --group north \\
    --url http://updates.example.org:8000/meterlogger-0.2.0.signed --log roll-out-0.2.0.jsonl`,
    )
    .action(async (options: PushOptions) => {
      const stop = new AbortController()
      process.once('SIGINT', () => stop.abort())
      process.once('SIGTERM', () => stop.abort())
      if (!(await push(options, new RealClock(), stop.signal))) process.exitCode = 1
    })
}
