import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Flags } from '../modules/app/flags.js'
import { paddedSerial } from '../modules/app/identity.js'
import { fromHex, toHex } from '../modules/codec/hex.js'
import { EXAMPLE_KEY } from '../modules/codec/master-key.js'
import { Kind, parseMessageTopic } from '../modules/delivery/topics.js'
import { EmbeddedBroker } from '../twin/broker.js'
import { RealClock } from '../twin/clock.js'
import { Fleet } from '../twin/fleet.js'
import { mqttConnector } from '../twin/mqtt-client.js'
import { PacedClock } from '../twin/paced-clock.js'
import { connectTcp } from '../twin/tcp.js'
import { connectBroker } from './broker-client.js'
import { brokerAccess } from './broker-options.js'
import { NegativeResult, UsageError } from './errors.js'
import { FleetSummary } from './fleet-summary.js'
import { readRegister, registered } from './key-register.js'
import { messageLine } from './listen.js'
import { keyText } from './options.js'
import { PRIVATE, writeNew } from './output-file.js'
import { print, say, sayLine } from './print.js'
import { untilSignal } from './running.js'
import { anchorOf } from './secure-socket.js'
import { readFlags, type TwinCommandOptions } from './twin-options.js'
import { fastClockText } from './twin-words.js'

/** ms between two summaries. */
const SUMMARY = 10_000

const FIRST = 7_000_001
const MOST_DIGITS = 12

/** Files that a process has open beside its connections. */
const OTHER_FILES = 64

const KEY_BYTES = 16

export interface FleetDevice {
  readonly serial: string
  /** Master key, 16 bytes. */
  readonly key: Uint8Array
}

/** Runs many twins until a signal, or until they have published `--count` samples. */
export async function runFleet(options: TwinCommandOptions): Promise<void> {
  const { broker: url, speed, count = Number.POSITIVE_INFINITY, verbose, strangers } = options
  const devices = devicesOf(options)
  const flags = flagsOf(options, devices)
  checkFiles(devices.length * (url === undefined ? 2 : 1))
  const embedded = url === undefined ? await EmbeddedBroker.listen(1883) : undefined
  const broker = brokerAccess({ ...options, broker: url ?? embedded!.url })
  const anchor = broker.isSecure ? await anchorOf(broker) : undefined
  // Says now what else ten thousand devices would find out.
  await (await connectBroker(broker)).endAsync()
  if (embedded !== undefined) say(`broker ${broker.shown}`)
  if (speed > 1) say(fastClockText(speed))
  const keys = options.keys === undefined ? writeKeys(devices) : undefined
  if (keys !== undefined) say(`keys ${keys.path}`)

  const wall = new RealClock()
  const paced = speed > 1 ? new PacedClock(speed) : undefined
  const clock = paced ?? new RealClock(speed)
  const summary = new FleetSummary(devices.length)
  let end: () => void = () => {}
  const counted = new Promise<void>((resolve) => {
    end = resolve
  })
  const fleet = new Fleet({
    devices: flags,
    clock,
    unix: Date.now(),
    connect: mqttConnector(anchor === undefined ? [] : [anchor.certificate]),
    connectTcp,
    broker: {
      host: broker.host,
      port: broker.port,
      certificate: anchor?.fingerprint,
      user: broker.user,
      password: broker.password,
    },
    strangers,
    sendersUnix: speed === 1 ? undefined : Date.now,
    onDelivered: verbose
      ? (message) => print(messageLine({ ...message, time: parseMessageTopic(message.topic).time ?? 0 }))
      : undefined,
    onTaken: (topic) => {
      const { kind, serial } = parseMessageTopic(topic)
      if (summary.count(kind === Kind.Sample, serial) === count) end()
    },
    log: verbose ? (serial, text) => sayLine(`${serial}: ${text}`) : undefined,
  })
  // Nothing of theirs outlives them, and ten thousand take longer to close than somebody waits who has ended them.
  void untilSignal().then(() => {
    keys?.remove()
    process.exit(0)
  })
  const timer = setInterval(() => sayLine(summary.text(wall.now(), fleet.connected)), SUMMARY)
  fleet.start()
  try {
    await counted
  } finally {
    clearInterval(timer)
    keys?.remove()
    await fleet.close()
    await paced?.close()
    await embedded?.close()
  }
}

/** The devices: from `--serial` upwards, else the first ones of the register. */
function devicesOf({ fleet, serial, keys, ...options }: TwinCommandOptions): readonly FleetDevice[] {
  const count = fleet!
  if (keys !== undefined && serial === undefined) {
    const { devices } = readRegister(keys)
    if (devices.length < count) throw new UsageError(`--fleet ${count}: there are ${devices.length} devices in ${keys}`)
    return devices.slice(0, count)
  }
  const first = Number(serial ?? FIRST)
  if (String(first + count - 1).length > MOST_DIGITS)
    throw new UsageError(`--serial: ${count} numbers from ${first} on have more than ${MOST_DIGITS} digits`)
  const serials = Array.from({ length: count }, (_, i) => paddedSerial(String(first + i)))
  if (keys !== undefined) {
    const register = readRegister(keys)
    return serials.map((one) => registered(register, one, keys))
  }
  const master = fromHex(keyText(options) ?? EXAMPLE_KEY)
  if (master?.length !== KEY_BYTES) throw new UsageError('the key is not 32 hex digits')
  return serials.map((one) => ({ serial: one, key: derivedKey(master, one) }))
}

/** The key of a device of a fleet without a register: the first half of HMAC-SHA256 of its serial number under the master key. */
function derivedKey(master: Uint8Array, serial: string): Uint8Array {
  return new Uint8Array(createHmac('sha256', master).update(serial).digest().subarray(0, KEY_BYTES))
}

/** The build options of each device. They share what they have in common. */
function flagsOf(options: TwinCommandOptions, devices: readonly FleetDevice[]): readonly Flags[] {
  const { key, serial } = devices[0]!
  const common = readFlags({ ...options, keys: undefined, keyFile: undefined, key: toHex(key), serial })
  return devices.map((device) => ({
    ...common,
    ...device,
    // A radio meter names its device, and each device hears its own.
    ...(common.driver.name === 'flowiq' && { waterMeters: [{ id: device.serial.padStart(8, '0'), key: device.key }] }),
  }))
}

/** A register of derived keys, which goes when the fleet ends. */
function writeKeys(devices: readonly FleetDevice[]): { readonly path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-fleet-'))
  const path = join(folder, 'keys.csv')
  writeNew(path, `serial,key\n${devices.map(({ serial, key }) => `${serial},${toHex(key)}\n`).join('')}`, PRIVATE)
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Throws where the system gives this process too few files for its connections. Node has raised the soft limit already. */
function checkFiles(connections: number): void {
  const { userLimits } = process.report.getReport() as { userLimits?: { open_files?: { soft: number | string } } }
  const limit = Number(userLimits?.open_files?.soft)
  const needed = connections + OTHER_FILES
  if (needed > limit)
    throw new NegativeResult(
      `--fleet: ${needed} open files are needed and ${limit} allowed; \`ulimit -n ${needed}\` allows more`,
    )
}
