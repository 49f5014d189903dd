import { setTimeout } from 'node:timers/promises'
import { Command, Option } from 'commander'
import { DRIVERS } from '../modules/app/drivers.js'
import type { BuildBroker } from '../modules/app/flags.js'
import { isExampleKey } from '../modules/codec/master-key.js'
import { visible } from '../modules/codec/visible.js'
import { Kind, parseMessageTopic } from '../modules/delivery/topics.js'
import { Bluetooth } from '../twin/bluetooth/bluetooth.js'
import { startBluetooth } from '../twin/bluetooth-process.js'
import { EmbeddedBroker } from '../twin/broker.js'
import { RealClock } from '../twin/clock.js'
import { hostOf, hostTime } from '../twin/host.js'
import { NodeListener } from '../twin/listener.js'
import { twinMeter } from '../twin/meters.js'
import { mqttConnector } from '../twin/mqtt-client.js'
import { PacedClock } from '../twin/paced-clock.js'
import { patientConnect } from '../twin/patient-connect.js'
import { connectTcp } from '../twin/tcp.js'
import { Twin } from '../twin/twin.js'
import { Uart } from '../twin/uart.js'
import { WaitingSamples } from '../twin/waiting.js'
import { connectBroker } from './broker-client.js'
import { type BrokerAccess, brokerAccess, withBroker } from './broker-options.js'
import { openCapture } from './capture.js'
import { commandNamesOf } from './commands.js'
import { examples } from './conventions.js'
import { portProblem, UsageError } from './errors.js'
import { parseNumber, parseSerial, parseWhole, withKeys } from './options.js'
import { sayLine } from './print.js'
import { untilSignal } from './running.js'
import { type Anchor, anchorOf } from './secure-socket.js'
import { openBoard } from './twin-board.js'
import { runFleet } from './twin-fleet.js'
import { collectFlag, collectHeader, keyOption, readFlags, type TwinCommandOptions } from './twin-options.js'
import { openScreen, type Screen } from './twin-screen.js'
import { completions, fastClockText, introduction, PORTAL_TIMES, statusText } from './twin-words.js'
import { TypedCommands } from './typed-commands.js'
import { verdictWords } from './verdict-words.js'
import { FaultSwitches } from './world.js'

/** ms between two calls of a broker with TLS that does not answer. */
const ANCHOR_PAUSE = 10_000

/** The meter of `--bluetooth`. */
const RADIO = 'flowiq'

export function twinCommand(): Command {
  return withKeys(withBroker(new Command('twin'), false))
    .addOption(
      new Option('--meter <kind>', 'the simulated meter, or the one at --uart')
        .choices(DRIVERS.map(({ name }) => name))
        .default('kmp'),
    )
    .addOption(
      new Option(
        '--uart <device>',
        'a real serial line: this computer is the device, without a portal and a simulated network',
      ),
    )
    .addOption(
      new Option('--bluetooth', "a real concentrator, heard over this computer's own Bluetooth; as --meter flowiq")
        .implies({ meter: RADIO })
        .conflicts(['uart', 'capture', 'strangers']),
    )
    .option('--serial <n>', 'serial number, of the simulated meter too', parseSerial)
    .addOption(
      new Option('--fleet <n>', 'so many twins, with serial numbers from --serial upwards; --keys has their keys')
        .argParser(parseWhole('--fleet', 1, 100_000))
        .conflicts(['uart', 'bluetooth', 'state', 'capture', 'portalPort', 'fresh']),
    )
    .option('--verbose', 'with --fleet: one line per message, and what the firmwares say')
    .option('--update-key <file>', 'public key, PEM, of whoever signs its updates')
    .option('--state <folder>', 'keep its flash here, with the slots of its images; else it starts with an empty one')
    .option(
      '--flag <name=value>',
      'a build option, may be repeated; SETUP_PASSWORD and WATER_METERS from the environment too',
      collectFlag,
    )
    .option(
      '--header <hex>',
      'a record header of radio meters, as wmbus solve prints it; may be repeated',
      collectHeader,
    )
    .option('--count <n>', 'stop after this many published samples', parseWhole('--count', 1, 1e9))
    .option('--speed <x>', 'run the clock this many times faster', parseNumber('--speed', 0.01, 10_000), 1)
    .option('--strangers <n>', 'water meters of strangers in the air', parseWhole('--strangers', 0, 1000), 0)
    .option(
      '--capture <file>',
      "a concentrator's recorded session, JSON or JSON lines, instead of simulated water meters",
    )
    .option(
      '--portal-port <n>',
      'port of the set-up pages (default: 8080 or the next free one; with --uart no pages)',
      parseWhole('--portal-port', 1, 65_535),
    )
    .option('--fresh', 'as it leaves the factory, without a Wi-Fi network')
    .addHelpText(
      'after',
      examples(
        'twin',
        'twin --meter flowiq --speed 20',
        'twin --uart /dev/ttyUSB0 --broker mqtt://broker.example.org --keys keys.csv --serial 6892850',
      ),
    )
    .action(run)
}

async function run(options: TwinCommandOptions): Promise<void> {
  checkBroker(options)
  if (options.fleet !== undefined) return runFleet(options)
  if (options.uart !== undefined && options.speed !== 1)
    throw new UsageError('--speed: a real meter on --uart keeps real time')
  if (options.bluetooth && options.speed !== 1)
    throw new UsageError('--speed: a real concentrator on --bluetooth keeps real time')
  if (options.bluetooth && options.meter !== RADIO)
    throw new UsageError(`--bluetooth: goes with --meter ${RADIO}, not with ${options.meter}`)
  const flags = readFlags(options)
  const capture = options.capture === undefined ? undefined : openCapture(options.capture)
  const given = options.broker === undefined ? undefined : brokerAccess({ ...options, broker: options.broker })
  const board = openBoard(options.state)
  const { uart } = options
  // This computer is the device then. It has a network and the time already, so nothing of it has to be set up.
  const isReal = uart !== undefined
  // A device of a real meter runs for years, and may have its power before its broker has.
  const isPatient = isReal || options.bluetooth === true
  const portal = isReal && options.portalPort === undefined ? undefined : await portalListener(options.portalPort)
  const embedded = given === undefined ? await EmbeddedBroker.listen(1883) : undefined
  const broker = given ?? brokerAccess({ broker: embedded!.url })
  const anchor = broker.isSecure ? await (isPatient ? anchorInTime(broker) : anchorOf(broker)) : undefined
  // Says now what is wrong with it.
  if (!isPatient) await (await connectBroker(broker)).endAsync()

  const paced = options.speed > 1 ? new PacedClock(options.speed) : undefined
  const clock = paced ?? new RealClock(options.speed)
  const connect = mqttConnector(anchor === undefined ? [] : [anchor.certificate])
  const unix = Date.now()
  let end: (error?: Error) => void = () => {}
  const ended = new Promise<void>((resolve, reject) => {
    end = (error) => (error === undefined ? resolve() : reject(error))
  })
  let samples = 0
  const bluetooth = options.bluetooth
    ? new Bluetooth({
        clock,
        start: startBluetooth,
        platform: process.platform,
        say: (text) => screen.say(visible(text)),
        onUseless: (problem) => end(new Error(`--bluetooth: ${problem}`)),
      })
    : undefined
  const twin: Twin = new Twin({
    flags: { ...flags, broker: flags.broker ?? brokerOfBuild(broker, anchor) },
    clock,
    unix,
    connect: paced === undefined ? connect : patientConnect(connect, paced),
    sendersUnix: options.speed === 1 ? undefined : Date.now,
    connectTcp,
    slots: board.slots?.slots,
    broker: {
      host: broker.host,
      port: broker.port,
      certificate: anchor?.fingerprint,
      user: broker.user,
      password: broker.password,
    },
    storage: board.storage,
    flash: board.flash,
    serial: uart === undefined ? undefined : new Uart(uart, ({ message }) => screen.say(visible(`uart: ${message}`))),
    host: isReal ? hostOf(clock) : undefined,
    queryTime: isReal ? hostTime : undefined,
    ble: bluetooth,
    fresh: options.fresh,
    portal: portal && {
      listener: portal,
      udp: undefined,
      port: portal.port,
      host: `127.0.0.1:${portal.port}`,
      clients: '127.',
    },
    strangers: options.strangers,
    capture,
    onDelivered: (message) => {
      const { kind, serial, time = 0 } = parseMessageTopic(message.topic)
      typed.onMessage(kind)
      screen.message({ ...message, time })
      const words = kind === Kind.MeterInfo ? verdictWords(message.text) : undefined
      if (words !== undefined) screen.say(visible(`meter ${serial}: ${words}`))
      if (kind === Kind.Sample && ++samples === options.count) end()
    },
    log: (text) => screen.say(visible(text)),
  })
  const switches = new FaultSwitches({ clock, twin, random: Math.random })
  const deviceUnix = () => (isReal ? Date.now() : unix + clock.now())
  const waiting = new WaitingSamples(board.flash)
  const vocabulary = { commands: commandNamesOf(flags), faults: isReal ? [] : switches.names }
  const typed = new TypedCommands({
    broker,
    envelope: twin.envelope,
    serial: () => twin.serial,
    unix: deviceUnix,
    isConnected: () => twin.firmware.brokerConnected,
    vocabulary,
    enterFault: (line) => switches.enter(line),
    say: (text) => screen.say(text),
    onEnd: end,
  })
  const screen: Screen = openScreen({
    status: (room) =>
      statusText(
        {
          unix: deviceUnix(),
          network: isReal ? 'host' : twin.firmware.station.network?.ssid,
          isConnected: twin.firmware.brokerConnected,
          samples,
          waiting: waiting.count(),
          speed: options.speed,
        },
        room,
      ),
    complete: (line) => completions(line, vocabulary),
    onLine: (line) => typed.enter(line),
    onEnd: end,
  })
  void untilSignal().then(() => end())

  const { isTTY } = process.stdin
  if (bluetooth !== undefined && flags.waterMeters.length === 0)
    screen.say('bluetooth: WATER_METERS names no meter; the set-up pages take them, too')
  const page = portal && `http://127.0.0.1:${portal.port}/`
  if (embedded !== undefined) screen.say(`broker ${broker.shown}`)
  if (page !== undefined) screen.say(`portal ${page}`)
  if (page !== undefined && !flags.shortWebConfigTime) screen.say(PORTAL_TIMES)
  if (paced !== undefined) screen.say(fastClockText(options.speed))
  if (isReal && isExampleKey(flags.key!))
    screen.say('the key is one that everybody knows, who can read this meter then; give its own with --key-file')
  if (isTTY || !isReal) {
    const named = options.meter === RADIO ? flags.waterMeters[0]?.id : undefined
    const serial = twin.serial || named || flags.serial
    const who = { serial, key: flags.key!, keyOption: keyOption(options) }
    const setUpPage = options.fresh ? page : undefined
    for (const line of introduction({ ...who, broker: broker.shown, setUpPage, fault: vocabulary.faults[0] }))
      screen.say(line)
  }
  twin.start()
  const { line, impulses } = twin
  const stopMeter = twinMeter(flags.driver.name).start?.({ line, impulses, clock, serial: Number(flags.serial) })
  try {
    await ended
  } finally {
    stopMeter?.()
    switches.close()
    twin.close()
    await bluetooth?.close()
    board.slots?.close()
    portal?.close()
    screen.close()
    await typed.close()
    await paced?.close()
    await embedded?.close()
  }
}

/** Where a device calls that nobody has set up, and where its set-up page leads back to: the broker of this twin, as a build option would say. */
function brokerOfBuild({ host, port, user, password = '' }: BrokerAccess, anchor: Anchor | undefined): BuildBroker {
  const access = user === undefined ? {} : { mqttUser: user, mqttPassword: password }
  return { mqttHost: host, mqttPort: port, mqttCertificate: anchor?.fingerprint ?? '', ...access }
}

/** As `anchorOf`, of a broker that may be away: it is called again until it answers. */
async function anchorInTime(broker: BrokerAccess): Promise<Anchor> {
  for (let isSaid = false; ; isSaid = true) {
    try {
      return await anchorOf(broker)
    } catch (error) {
      if (!isSaid) sayLine(`${(error as Error).message}; calling again`)
      await setTimeout(ANCHOR_PAUSE)
    }
  }
}

function checkBroker({ broker, passwordFile, ca }: TwinCommandOptions): void {
  if (broker !== undefined) return
  if (passwordFile !== undefined) throw new UsageError('--password-file: there is no --broker')
  if (ca !== undefined) throw new UsageError('--ca: there is no --broker')
}

async function portalListener(port: number | undefined): Promise<NodeListener> {
  try {
    return await (port === undefined ? NodeListener.from(8080) : NodeListener.at(port))
  } catch (error) {
    throw new Error(`--portal-port: ${portProblem(error)}`)
  }
}
