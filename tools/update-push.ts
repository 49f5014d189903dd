import { Command, Option } from 'commander'
import type { MqttClient } from 'mqtt'
import { parseAddress } from '../modules/update/address.js'
import { RealClock } from '../twin/clock.js'
import { commandHost, connectBroker } from './broker-client.js'
import { type BrokerOptions, brokerAccess, withBroker } from './broker-options.js'
import { BROKER_SETTINGS, fromConfig } from './config-file.js'
import { type Choice, chosen, withChoice } from './device-choice.js'
import { UsageError } from './errors.js'
import { readRegister } from './key-register.js'
import { envelopesOf, parseDuration, parseWhole } from './options.js'
import { counted, print, say, sayLine } from './print.js'
import { Progress, timeLeft } from './progress.js'
import { PUSH_FILTERS, Push, type PushOptions } from './push.js'
import { readHead } from './remote-head.js'
import { RunLog } from './run-log.js'
import { parseStages, type Stage } from './stages.js'

interface PushCommandOptions extends BrokerOptions, Choice {
  readonly url: string
  readonly stages: readonly Stage[]
  readonly parallel: number
  readonly timeout: number
  readonly force?: boolean
  readonly log?: string
  readonly json?: boolean
}

/** The broker is called again after so many ms. */
const RECONNECT = 2_000

export function pushCommand(): Command {
  return fromConfig(withChoice(withBroker(new Command('push'))), ...BROKER_SETTINGS, 'keys')
    .description('tell devices to update, in stages; stops at the first failure. Prints one line per device')
    .requiredOption('--url <url>', 'the signed file as the devices reach it, http://host:port/path')
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
    .option('--json', 'one JSON object per device: {"serial","state","reason"}')
    .option('--log <file>', 'keep how it ended on each device; with the same file another run goes on')
    .addHelpText(
      'after',
      `
A device is good when the new version has proved itself there: the broker has acknowledged a sample of a meter that was read.
After the first failure no further device is told; those under way are waited for. Exit codes: 0 all devices of the stages
are good; 1 not all, also when it was interrupted; 2 wrong usage.

Example:
  meterlogger update push --broker mqtt://operator@broker.example.org --keys keys.csv --group north \\
    --url http://updates.example.org:8000/meterlogger-0.2.0.signed --log roll-out-0.2.0.jsonl`,
    )
    .action(async (options: PushCommandOptions) => {
      if (!(await pushed(options))) process.exitCode = 1
    })
}

/** Rolls a version out. @returns whether all devices of the stages are good */
async function pushed(options: PushCommandOptions): Promise<boolean> {
  const { url, keys, stages, parallel, timeout: patience, force = false } = options
  const address = parseAddress(url)
  if (!address.ok) throw new UsageError(`--${address.error}`)
  const broker = brokerAccess(options)
  const register = readRegister(keys)
  const serials = chosen(register, options)
  const manifest = await readHead(url)
  const { version, sha256 } = manifest
  const log = new RunLog(options.log, 'update push', () => ({ version, sha256 }))
  const client = await connectBroker(broker, RECONNECT)
  try {
    say(`version ${version} for ${manifest.chip}, variant ${manifest.variant}`)
    await client.subscribeAsync([...PUSH_FILTERS], { qos: 1 })
    const envelopes = envelopesOf(register)
    const clock = new RealClock()
    const isJson = options.json ?? false
    return await run(client, {
      clock,
      version,
      url,
      force,
      serials,
      stages,
      parallel,
      patience,
      log,
      envelopes,
      isJson,
    })
  } finally {
    await client.endAsync(true)
  }
}

/** Runs a roll-out to its end, or to a signal. @returns whether all devices of the stages are good */
async function run(client: MqttClient, options: PushOptions): Promise<boolean> {
  let end: (error?: unknown) => void = () => {}
  const ended = new Promise<void>((resolve, reject) => {
    end = (error) => (error === undefined ? resolve() : reject(error))
  })
  const began = performance.now()
  let before = 0
  const progress = new Progress(() => {
    const { done } = push
    const all = options.serials.length
    return `${done} of ${counted(all, 'device')}${timeLeft((done - before) / (all - before), began)}`
  })
  const beside = (write: (line: string) => void) => (line: string) => {
    progress.end()
    write(line)
  }
  const tell = beside(sayLine)
  const push: Push = new Push(options, commandHost(client, { print: beside(print), say: tell, onEnd: end }))
  let isLost = false
  client.on('message', (topic, message) => push.onMessage(topic, message))
  client.on('close', () => {
    if (!isLost && !client.disconnecting) tell('the broker is lost; trying again')
    isLost = true
  })
  client.on('connect', () => {
    tell('the broker is back')
    isLost = false
    push.onReconnected()
  })
  process.once('SIGINT', () => end()).once('SIGTERM', () => end())
  push.start()
  // Those that the log knows took no time.
  before = push.done
  let isGood = false
  try {
    await progress.during(ended)
  } finally {
    isGood = push.finish()
  }
  return isGood
}
