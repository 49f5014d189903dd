import type { MqttClient } from 'mqtt'
import { pairsText } from '../modules/codec/pairs.js'
import { visible } from '../modules/codec/visible.js'
import { messageFilter, parseMessageTopic } from '../modules/delivery/topics.js'
import type { Clock } from '../modules/ports/clock.js'
import { parseAddress } from '../modules/update/address.js'
import { connectBroker, publishCommand } from './broker-client.js'
import { type BrokerOptions, brokerAccess } from './broker-options.js'
import type { Outcome } from './device-update.js'
import { UsageError } from './errors.js'
import { type KeyRegister, readRegister, registered } from './key-register.js'
import { type Envelopes, envelopesOf } from './options.js'
import { print, say, sayLine } from './print.js'
import { PushLog } from './push-log.js'
import { readHead } from './remote-head.js'
import { RollOut } from './roll-out.js'
import { inStages, type Stage } from './stages.js'

export interface PushOptions extends BrokerOptions {
  readonly keys: string
  readonly url: string
  readonly group?: string
  readonly serial?: readonly string[]
  readonly stages: readonly Stage[]
  readonly parallel: number
  /** Milliseconds without a word of a device. */
  readonly timeout: number
  readonly force?: boolean
  readonly log?: string
}

/** The broker is called again after so many ms. */
const RECONNECT = 2_000

/** A device's clock may be as many seconds behind as it takes commands. */
const CLOCK_ERROR = 1_800

/** The kinds of messages that tell of updates. */
const UPDATE = 'update'
const VERSION = 'version'

/**
 * Rolls a version out and prints a line for each device.
 * @param stop ends it early
 * @returns whether all devices of the stages are good
 */
export async function push(options: PushOptions, clock: Clock, stop: AbortSignal): Promise<boolean> {
  const address = parseAddress(options.url)
  if (!address.ok) throw new UsageError(`--${address.error}`)
  const broker = brokerAccess(options)
  const register = readRegister(options.keys)
  const serials = chosen(register, options)
  const manifest = await readHead(options.url)
  const log = new PushLog(options.log, manifest)
  const client = await connectBroker(broker, RECONNECT)
  client.on('error', () => {})
  try {
    const { version } = manifest
    say(`version ${version} for ${manifest.chip}, variant ${manifest.variant}`)
    return await new Push({ options, clock, version, serials, log, client, envelopes: envelopesOf(register) }).run(stop)
  } finally {
    await client.endAsync(true)
  }
}

/** The serial numbers that the options choose, in the order of the register. */
function chosen(register: KeyRegister, { keys, group, serial }: PushOptions): readonly string[] {
  if (serial !== undefined) {
    const wanted = new Set(serial.map((one) => registered(register, one, keys)))
    return register.devices.filter((device) => wanted.has(device)).map((device) => device.serial)
  }
  const devices = register.devices.filter((device) => group === undefined || device.group === group)
  if (devices.length === 0)
    throw new UsageError(group === undefined ? `no device in ${keys}` : `no device of the group "${group}" in ${keys}`)
  return devices.map((device) => device.serial)
}

interface Parts {
  readonly options: PushOptions
  readonly clock: Clock
  readonly version: string
  readonly serials: readonly string[]
  readonly log: PushLog
  readonly client: MqttClient
  readonly envelopes: Envelopes
}

/** One run of a roll-out over a broker. */
class Push {
  #parts: Parts
  #payload: string
  #outcomes = new Map<string, Outcome>()
  #since = unixTime() - CLOCK_ERROR

  constructor(parts: Parts) {
    const { url, force } = parts.options
    this.#parts = parts
    this.#payload = pairsText({ version: parts.version, url, ...(force && { force: '1' }) })
  }

  async run(stop: AbortSignal): Promise<boolean> {
    const { options, clock, version, serials, log, client } = this.#parts
    const stages = inStages(serials, options.stages)
    for (const serial of stages.flat())
      if (log.isGood(serial)) this.#tell(serial, { state: 'good', reason: 'by the log' })
    await client.subscribeAsync([messageFilter(UPDATE), messageFilter(VERSION)], { qos: 1 })
    let end = (_error?: unknown) => {}
    const ended = new Promise<void>((resolve, reject) => {
      end = (error) => (error === undefined ? resolve() : reject(error))
    })
    const left = stages.map((stage) => stage.filter((serial) => !log.isGood(serial)))
    const { parallel, timeout: patience } = options
    const rollOut = new RollOut(
      { clock, version, stages: left, parallel, patience },
      {
        onStage: (number, count) => say(`stage ${number} of ${stages.length}: ${count} to tell`),
        offer: (serial) => this.#offer(serial),
        onStep: (serial, step) => sayLine(`${serial}: ${step}`),
        onOutcome: (serial, outcome) => {
          this.#tell(serial, outcome)
          try {
            log.write(serial, outcome)
          } catch (error) {
            end(error)
          }
        },
        onEnd: () => end(),
      },
    )
    this.#listen(rollOut)
    stop.addEventListener('abort', () => end())
    rollOut.start()
    if (stop.aborted) end()
    try {
      await ended
    } finally {
      rollOut.close()
    }
    return this.#sum(rollOut, stages.flat())
  }

  #offer(serial: string): void {
    const { client, envelopes } = this.#parts
    // The device is asked once more when the broker is back.
    if (!client.connected) return
    const command = { serial, time: unixTime(), name: UPDATE, payload: this.#payload }
    publishCommand(client, envelopes(serial)!, command).catch(() => {})
  }

  #listen(rollOut: RollOut): void {
    const { client, envelopes } = this.#parts
    client.on('message', (topic, message) => {
      const { kind, serial, time = 0 } = parseMessageTopic(topic)
      // What somebody has recorded and sends again tells nothing of now.
      if (!rollOut.isUnderWay(serial) || !(time >= this.#since)) return
      const opened = envelopes(serial)?.open(topic, message, Number.POSITIVE_INFINITY)
      if (!opened?.ok) return
      if (kind === UPDATE) rollOut.onUpdate(serial, opened.value)
      else if (kind === VERSION) rollOut.onVersion(serial, opened.value)
    })
    let isLost = false
    client.on('close', () => {
      if (!isLost && !client.disconnecting) say('the broker is lost; trying again')
      isLost = true
    })
    client.on('connect', () => {
      say('the broker is back')
      isLost = false
      rollOut.onReconnected()
    })
  }

  #tell(serial: string, outcome: Outcome): void {
    this.#outcomes.set(serial, outcome)
    printDevice(serial, outcome.state, outcome.reason)
  }

  /** Prints what is left to say. @returns whether all devices that were planned are good */
  #sum(rollOut: RollOut, planned: readonly string[]): boolean {
    const counts: Record<string, number> = {}
    for (const serial of this.#parts.serials) {
      const rest = rollOut.isUnderWay(serial) ? 'under way' : 'not told'
      const state = this.#outcomes.get(serial)?.state ?? rest
      if (state === rest) printDevice(serial, rest)
      counts[state] = (counts[state] ?? 0) + 1
    }
    say(
      Object.entries(counts)
        .map(([state, count]) => `${count} ${state}`)
        .join(', '),
    )
    return planned.every((serial) => this.#outcomes.get(serial)?.state === 'good')
  }
}

function printDevice(serial: string, state: string, reason?: string): void {
  print(visible(`${serial}  ${state}${reason === undefined ? '' : `: ${reason}`}`))
}

function unixTime(): number {
  return Math.floor(Date.now() / 1000)
}
