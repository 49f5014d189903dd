import { createHmac } from 'node:crypto'
import { Command, Option } from 'commander'
import { visible } from '../modules/codec/visible.js'
import { connectBroker } from './broker-client.js'
import { type BrokerOptions, brokerAccess, withBroker } from './broker-options.js'
import type { Answer } from './command-run.js'
import { BROKER_SETTINGS, fromConfig } from './config-file.js'
import { type Choice, chosen, withChoice } from './device-choice.js'
import { type KeyRegister, readRegister } from './key-register.js'
import { envelopesOf, parseWait, parseWhole } from './options.js'
import { counted, print, say, sayLine } from './print.js'
import { Progress, timeLeft } from './progress.js'
import { runCommand } from './run-command.js'
import { RunLog } from './run-log.js'
import { answerJson, buildsHint, type PayloadOptions, payloadOf, withCommand } from './send.js'

interface FleetSendOptions extends BrokerOptions, Choice, PayloadOptions {
  readonly parallel: number
  /** ms */
  readonly wait: number
  readonly log?: string
  readonly json?: boolean
}

/** The broker is called again after so many ms. */
const RECONNECT = 2_000

/** ms between two looks at the progress. */
const LOOK = 500

/** A device's state by its line: of its answer, of a run before, or of none. */
type State = Answer['state'] | 'done before' | 'under way' | 'not told'

export function fleetSendCommand(): Command {
  return withCommand(fromConfig(withChoice(withBroker(new Command('send'))), ...BROKER_SETTINGS, 'keys'))
    .description(
      'seal a command for many devices and publish it; prints one line per device, with the text of its reply',
    )
    .option('--parallel <n>', 'devices at a time', parseWhole('--parallel', 1, 1_000), 20)
    .addOption(
      new Option('--wait <duration>', 'how long a device may take to answer')
        .argParser(parseWait)
        .default(parseWait('20s'), '20s'),
    )
    .option('--json', 'one JSON object per device: {"serial","command","state","text"}')
    .option('--log <file>', 'keep which devices have answered; with the same file another run tells the others only')
    .addHelpText(
      'after',
      `
A device does a command once, also where the broker was away and it is told again. Exit codes: 0 every device has done as it
was told, or the command has no reply; 1 one has refused or not answered, or the run was interrupted; 2 wrong usage.

Example:
  meterlogger fleet send open_until 1200 --broker mqtt://operator@broker.example.org --keys keys.csv --group north`,
    )
    .action(fleetSend)
}

async function fleetSend(name: string, text: string | undefined, options: FleetSendOptions): Promise<void> {
  const { keys, parallel, wait, log: path } = options
  const payload = payloadOf(name, text, options)
  const broker = brokerAccess(options)
  const register = readRegister(keys)
  const serials = chosen(register, options)
  const log = new RunLog(path, 'fleet send', (serial) => jobOf(register, serial, name, payload))
  const client = await connectBroker(broker, RECONNECT)
  const states = new Map<string, State>()
  const began = performance.now()
  let before = 0
  const progress = new Progress(() => {
    const time = timeLeft((states.size - before) / (serials.length - before), began)
    return `${states.size} of ${counted(serials.length, 'device')}${time}: ${sums(states.values())}`
  })
  const tell = (serial: string, state: State, reply: string) => {
    states.set(serial, state)
    progress.end()
    const text = ['answered', 'refused'].includes(state) ? reply : null
    if (options.json) print(answerJson(serial, name, { state: state.replaceAll(' ', '_'), text }))
    else print(visible(`${serial}  ${reply.replaceAll('\n', '; ')}`).trimEnd())
  }
  const looking = setInterval(() => void progress.flush(), LOOK)
  const interrupted = new AbortController()
  const interrupt = () => interrupted.abort()
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  try {
    for (const serial of serials) if (log.isGood(serial)) tell(serial, 'done before', 'done before, by the log')
    const left = serials.filter((serial) => !states.has(serial))
    // Those that the log knows took no time.
    before = states.size
    const onAnswer = (serial: string, { state, text: reply }: Answer) => {
      tell(serial, state, reply ?? (state === 'sent' ? 'sent' : 'no reply'))
      log.write(serial, { state: state === 'answered' || state === 'sent' ? 'good' : state })
    }
    const told = { name, payload, serials: left, parallel, patience: wait, envelopes: envelopesOf(register), onAnswer }
    const underWay = await runCommand(client, told, interrupted.signal)
    for (const serial of underWay) tell(serial, 'under way', 'under way')
    for (const serial of serials) if (!states.has(serial)) tell(serial, 'not told', 'not told')
  } finally {
    clearInterval(looking)
    await client.endAsync(true)
  }
  if ([...states.values()].includes('sent')) say(`${name} has no reply`)
  const hint = [...states.values()].every((state) => state === 'silent') ? buildsHint(name) : ''
  sayLine(`${sums(states.values())}${hint && `.${hint}`}`)
  const isGood = (state: State) => state === 'answered' || state === 'sent' || state === 'done before'
  if (![...states.values()].every(isGood)) process.exitCode = 1
}

/** What a log keeps of a command: not its parameter, which may be a secret, but what the device's key makes of it. */
function jobOf(register: KeyRegister, serial: string, name: string, payload: string) {
  const { key } = register.find(serial)!
  return { command: name, sha256: createHmac('sha256', key).update(`${name}\0${payload}`).digest('hex') }
}

function sums(states: Iterable<State>): string {
  const counts = new Map<string, number>()
  const words: Readonly<Record<string, string>> = { silent: 'without a reply' }
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1)
  return [...counts].map(([state, count]) => `${count} ${words[state] ?? state}`).join(', ')
}
