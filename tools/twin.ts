import { Command, Option } from 'commander'
import { DRIVERS } from '../modules/app/drivers.js'
import { Kind, parseMessageTopic } from '../modules/delivery/topics.js'
import { Bluetooth } from '../twin/bluetooth/bluetooth.js'
import { startBluetooth } from '../twin/bluetooth-process.js'
import { EmbeddedBroker } from '../twin/broker.js'
import { RealClock } from '../twin/clock.js'
import { FileFlash } from '../twin/file-flash.js'
import { fileSlots } from '../twin/file-slots.js'
import { FileStorage } from '../twin/file-storage.js'
import { SimulatedFlash } from '../twin/flash.js'
import { NodeListener } from '../twin/listener.js'
import { MemoryStorage } from '../twin/memory-storage.js'
import { twinMeter } from '../twin/meters.js'
import { mqttConnector } from '../twin/mqtt-client.js'
import { connectTcp } from '../twin/tcp.js'
import { Twin } from '../twin/twin.js'
import { Uart } from '../twin/uart.js'
import { connectBroker, publishCommand } from './broker-client.js'
import { brokerAccess, withBroker } from './broker-options.js'
import { openCapture } from './capture.js'
import { checkedCommand } from './commands.js'
import { UsageError } from './errors.js'
import { LineSplitter } from './lines.js'
import { messageLine } from './listen.js'
import { parseNumber, parseSerial, parseWhole, withKeys } from './options.js'
import { print, say, sayLine } from './print.js'
import { anchorOf } from './secure-socket.js'
import { runFleet } from './twin-fleet.js'
import { collectFlag, collectHeader, readFlags, type TwinCommandOptions } from './twin-options.js'
import { verdictWords } from './verdict-words.js'
import { FaultSwitches } from './world.js'

/** Bytes of the longest line that somebody may type. */
const LONGEST_LINE = 65_536

/** As large as the journal's partition. */
const SECTORS = 192

/** The meter of `--bluetooth`. */
const RADIO = 'flowiq'

export function twinCommand(): Command {
  return withKeys(withBroker(new Command('twin'), false))
    .description('run the firmware on this computer; lines on standard input are commands to it')
    .addOption(
      new Option('--meter <kind>', 'the simulated meter').choices(DRIVERS.map(({ name }) => name)).default('kmp'),
    )
    .addOption(new Option('--uart <device>', 'a real serial line instead of a simulated meter'))
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
    .option('--verbose', 'with --fleet: a line a message, and what the firmwares say')
    .option('--update-key <file>', 'public key, PEM, of whoever signs its updates')
    .option('--state <folder>', 'keep its flash here, with the slots of its images; else it starts with an empty one')
    .option(
      '--flag <name=value>',
      'a build option, may be repeated; SETUP_PASSWORD and WATER_METERS from the environment too',
      collectFlag,
      {},
    )
    .option(
      '--header <hex>',
      'a record header of radio meters, as wmbus solve prints it; may be repeated',
      collectHeader,
      [],
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
      'port of the set-up pages (default: 8080, or the next free one)',
      parseWhole('--portal-port', 1, 65_535),
    )
    .option('--fresh', 'as it leaves the factory, without a Wi-Fi network')
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
  const portal = await portalListener(options.portalPort)
  const embedded = given === undefined ? await EmbeddedBroker.listen(1883) : undefined
  const broker = given ?? brokerAccess({ broker: embedded!.url })
  const anchor = broker.isSecure ? await anchorOf(broker) : undefined
  const operator = await connectBroker(broker, 1_000)
  operator.on('error', () => {})
  if (embedded !== undefined) say(`broker ${broker.shown}`)

  const stored = options.state === undefined ? undefined : fileSlots(options.state)
  const clock = new RealClock(options.speed)
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
        say: sayLine,
        onUseless: (problem) => end(new Error(`--bluetooth: ${problem}`)),
      })
    : undefined
  const twin = new Twin({
    flags,
    clock,
    unix,
    connect: mqttConnector(anchor === undefined ? [] : [anchor.certificate]),
    connectTcp,
    slots: stored?.slots,
    broker: { host: broker.host, port: broker.port, certificate: anchor?.fingerprint },
    storage: options.state === undefined ? new MemoryStorage() : new FileStorage(options.state),
    flash:
      options.state === undefined
        ? new SimulatedFlash({ sectors: SECTORS })
        : new FileFlash(options.state, 'journal.flash', SECTORS),
    serial: options.uart === undefined ? undefined : new Uart(options.uart, end),
    ble: bluetooth,
    fresh: options.fresh,
    portal: {
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
      print(messageLine({ ...message, time }))
      const words = kind === Kind.MeterInfo ? verdictWords(message.text) : undefined
      if (words !== undefined) sayLine(`meter ${serial}: ${words}`)
      if (kind === Kind.Sample && ++samples === options.count) end()
    },
    log: sayLine,
  })
  const switches = new FaultSwitches({ clock, twin, random: Math.random })
  const typed = new LineSplitter((line) => {
    if (line.trim() === '') return
    if (line.startsWith('!')) return say(switches.enter(line.slice(1)))
    const time = Math.floor((unix + clock.now()) / 1000)
    const [name = '', ...payload] = line.trim().split(' ')
    const checked = checkedCommand(name, payload.length === 0 ? undefined : payload.join(' '))
    if ('problem' in checked) return say(checked.problem)
    const command = { serial: twin.serial, time, name, payload: checked.payload }
    publishCommand(operator, twin.envelope, command).catch(end)
  }, LONGEST_LINE)
  const onTyped = (piece: Buffer) => {
    try {
      typed.push(piece)
    } catch (error) {
      end(error as Error)
    }
  }
  process.stdin.on('data', onTyped).once('end', () => typed.end())
  process.once('SIGINT', () => end())
  process.once('SIGTERM', () => end())

  if (bluetooth !== undefined && flags.waterMeters.length === 0)
    say('bluetooth: WATER_METERS names no meter; the set-up pages take them, too')
  say(`portal http://127.0.0.1:${portal.port}/`)
  twin.start()
  const { line, impulses } = twin
  const stopMeter = twinMeter(flags.driver.name).start?.({ line, impulses, clock, serial: Number(flags.serial) })
  try {
    await ended
  } finally {
    process.stdin.off('data', onTyped).pause()
    stopMeter?.()
    switches.close()
    twin.close()
    await bluetooth?.close()
    stored?.close()
    portal.close()
    await operator.endAsync(true)
    await embedded?.close()
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
    throw new Error(`--portal-port: ${(error as Error).message}`)
  }
}
