import { Command, Option } from 'commander'
import type { Listening } from '../bridge/listening.js'
import { serveMetrics } from '../bridge/metrics-server.js'
import { Retention } from '../bridge/retention.js'
import { DatabaseAway, DatabaseRefused } from '../bridge/store/store.js'
import { isPostgres } from '../bridge/store/url.js'
import { WaitingStore } from '../bridge/store/waiting-store.js'
import { OpenTopics } from '../bridge/topics.js'
import { RELEASE } from '../modules/app/version.js'
import { RealClock } from '../twin/clock.js'
import { aloneRunning, type Running, type RunningOptions, sharedRunning } from './bridge-running.js'
import { type WebCommandOptions, webPassword, webServer } from './bridge-web.js'
import { type BrokerAccess, type BrokerOptions, brokerAccess, withBroker } from './broker-options.js'
import { BROKER_SETTINGS, fromConfig, KEY_SETTINGS } from './config-file.js'
import { NegativeResult, portProblem, UsageError } from './errors.js'
import { readRegister } from './key-register.js'
import {
  envelopesFor,
  envelopesOf,
  type KeysOptions,
  parseDuration,
  parseKeep,
  parseWhole,
  withKeys,
} from './options.js'
import { say, sayLine } from './print.js'
import { untilSignal } from './running.js'

interface BridgeCommandOptions extends KeysOptions, BrokerOptions, WebCommandOptions {
  readonly clientId: string
  readonly stateTopic: string
  readonly homeAssistant?: string | true
  readonly control?: boolean
  readonly prometheus?: number
  readonly out?: string
  readonly share?: string
  readonly keep?: number
}

const HOME_ASSISTANT = 'homeassistant'

export function bridgeCommand(): Command {
  return fromConfig(withKeys(withBroker(new Command('bridge'))), ...BROKER_SETTINGS, ...KEY_SETTINGS)
    .option('--client-id <id>', 'under which the broker keeps the session', parseClientId, 'meterlogger-bridge')
    .option(
      '--state-topic <prefix>',
      'publish what is opened below this topic',
      parseTopic('--state-topic'),
      'meterlogger',
    )
    .option(
      '--home-assistant [prefix]',
      `tell Home Assistant of the devices; it listens to ${HOME_ASSISTANT} unless you say otherwise`,
    )
    .option('--control', 'valve and limit can be set, by whoever may publish below the state topic')
    .addOption(
      new Option('--silent <duration>', 'a device that says nothing for so long is offline')
        .argParser(parseDuration('--silent'))
        .default(parseDuration('--silent')('15m'), '15m'),
    )
    .option(
      '--prometheus <port>',
      'answer http://127.0.0.1:PORT/metrics; 0 is any port',
      parseWhole('--prometheus', 0, 65_535),
    )
    .option('--listen <address>', 'where --prometheus and --web listen', '127.0.0.1')
    .option('--out <url>', 'another broker for what is opened; it has its user and password from the URL')
    .option(
      '--database <url>',
      'keep every sample: file:FOLDER, made where it is missing, or postgres://user@host/database',
    )
    .option(
      '--web <port>',
      'pages and charts of what is in the database, http://127.0.0.1:PORT/; 0 is any port',
      parseWhole('--web', 0, 65_535),
    )
    .option(
      '--web-password-file <path>',
      'the pages ask for its first line; needed when --listen is not this computer alone',
    )
    .option(
      '--keep <duration>',
      'remove samples from the database that are older, such as 90d; their hours and days stay',
      parseKeep('--keep'),
    )
    .option(
      '--share <group>',
      'divide the work with all bridges that name this group: MQTT 5, and --database postgres://...',
      parseGroup,
    )
    .addHelpText(
      'after',
      `
What is opened is published in the clear, retained: PREFIX/<serial>/state, JSON with the newest sample, and
PREFIX/<serial>/availability, online or offline. It runs until SIGINT or SIGTERM.

Example, one meter in Home Assistant:
  KEY=... meterlogger bridge --broker mqtt://127.0.0.1 --home-assistant`,
    )
    .action(run)
}

async function run(options: BridgeCommandOptions): Promise<void> {
  const { keys, homeAssistant, control = false, silent, share, database, keep } = options
  if (options.listen !== '127.0.0.1' && options.prometheus === undefined && options.web === undefined)
    throw new UsageError('--listen: nothing listens without --prometheus or --web')
  const password = webPassword(options)
  const prefix = homeAssistant === true ? HOME_ASSISTANT : homeAssistant
  if (prefix !== undefined) parseTopic('--home-assistant')(prefix)
  const register = keys === undefined ? undefined : readRegister(keys)
  const envelopes = register === undefined ? envelopesFor(options) : envelopesOf(register)
  if (share !== undefined && !isPostgres(database ?? ''))
    throw new UsageError('--share: bridges that divide the work need --database postgres://...')
  if (keep !== undefined && database === undefined) throw new UsageError('--keep: nothing is kept without --database')
  const { broker, out } = brokersOf(options)
  const ended = untilSignal()
  const store = database === undefined ? undefined : await storeAt(database)
  const runningOptions: RunningOptions = {
    ...{ broker, out, clientId: options.clientId, store, clock: new RealClock(), envelopes, register, silent },
    topics: new OpenTopics(options.stateTopic),
    homeAssistant: prefix,
    hasControl: control,
    version: RELEASE,
    hasRun: store !== undefined && (await hasDevices(store)),
  }
  const running = share === undefined ? aloneRunning(runningOptions) : sharedRunning(runningOptions, share, database!)
  const retention =
    store === undefined || keep === undefined
      ? undefined
      : new Retention({ clock: runningOptions.clock, store, keep, say: sayLine })
  let server: Listening | undefined
  let web: Listening | undefined
  try {
    server = await metricsServer(running, options)
    web = await webServer(options, password, store, register, runningOptions.clock)
    retention?.start()
    const started = running.start().then(() => {
      say(`bridging ${broker.shown}${out === broker ? '' : ` to ${out.shown}`}`)
      if (server !== undefined) say(`metrics ${server.url}`)
      if (web !== undefined) say(`pages ${web.url}`)
    })
    await Promise.race([started, ended])
    await ended
  } finally {
    server?.close()
    web?.close()
    retention?.close()
    await running.close()
    await store?.close()
  }
}

/** The database, which may be away now. */
async function storeAt(url: string): Promise<WaitingStore> {
  const store = new WaitingStore(url)
  try {
    await store.open()
  } catch (error) {
    if (error instanceof DatabaseRefused) throw new UsageError(`--database: ${error.message}`)
    if (!(error instanceof DatabaseAway)) throw error
    sayLine(`--database: ${error.message}; trying again`)
  }
  return store
}

/** Whether anything is known of devices; not while the database is away. */
async function hasDevices(store: WaitingStore): Promise<boolean> {
  try {
    return (await store.rows('SELECT serial FROM devices LIMIT 1')).length > 0
  } catch {
    return false
  }
}

async function metricsServer(
  running: Running,
  { prometheus, listen }: BridgeCommandOptions,
): Promise<Listening | undefined> {
  if (prometheus === undefined) return undefined
  try {
    return await serveMetrics(() => running.metrics(), listen, prometheus)
  } catch (error) {
    throw new NegativeResult(`--prometheus: ${portProblem(error)}`)
  }
}

/** The broker of the devices, and the one that gets what is opened. The certificates of `--ca` vouch for each that has TLS. */
function brokersOf(options: BridgeCommandOptions): { readonly broker: BrokerAccess; readonly out: BrokerAccess } {
  const { out, ca, broker, passwordFile } = options
  if (out === undefined) {
    const both = brokerAccess(options)
    return { broker: both, out: both }
  }
  const [isSecure, isOutSecure] = [broker, out].map((url) => url.startsWith('mqtts:'))
  return {
    broker: brokerAccess({ broker, passwordFile, ca: isSecure || !isOutSecure ? ca : undefined }),
    out: brokerAccess({ broker: out, ca: isOutSecure ? ca : undefined }),
  }
}

function parseClientId(text: string): string {
  if (!/^[!-~]{1,64}$/.test(text)) throw new UsageError('--client-id: expected 1 to 64 letters, digits or signs')
  return text
}

function parseGroup(text: string): string {
  if (!/^(?![$])[!-~]{1,32}$/.test(text) || /[/+#]/.test(text))
    throw new UsageError('--share: expected a name of up to 32 letters, digits or signs without / + #')
  return text
}

function parseTopic(name: string): (text: string) => string {
  return (text) => {
    if (text === '' || text.length > 200 || /[+#\0]|^\/|\/$|\/\//.test(text))
      throw new UsageError(`${name}: expected a topic without wildcards such as meters/open, got "${text}"`)
    return text
  }
}
