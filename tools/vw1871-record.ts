import { Command, Option } from 'commander'
import { rtlwmbusLine } from '../decoders/telegram-line.js'
import { Concentrator } from '../modules/ble/concentrator.js'
import type { TelegramRecord } from '../modules/ble/record.js'
import { toHex } from '../modules/codec/hex.js'
import type { BlePort } from '../modules/ports/ble.js'
import type { Clock } from '../modules/ports/clock.js'
import { withoutChecksums } from '../modules/wmbus/data-link.js'
import { Bluetooth } from '../twin/bluetooth/bluetooth.js'
import { startBluetooth } from '../twin/bluetooth-process.js'
import { RealClock } from '../twin/clock.js'
import { NegativeResult } from './errors.js'
import { parseWhole } from './options.js'
import { sayLine } from './print.js'
import { Progress } from './record-progress.js'
import { Recording } from './recording.js'

const FORMATS = ['json', 'hex', 'rtlwmbus'] as const
export type Format = (typeof FORMATS)[number]

interface RecordCommandOptions {
  readonly out: string
  readonly name: string
  readonly seconds?: number
  readonly format: Format
}

export function recordCommand(): Command {
  return new Command('record')
    .description("record a concentrator's notifications over this computer's own Bluetooth")
    .requiredOption('--out <file>', 'a new file, or - for standard output')
    .option('--name <prefix>', "how the concentrator's name begins", 'VW1871-')
    .option(
      '--seconds <n>',
      'end after this time; else SIGINT or SIGTERM ends it',
      parseWhole('--seconds', 1, 86_400 * 20),
    )
    .addOption(
      new Option('--format <format>', 'notifications, or a telegram a line for wmbusmeters')
        .choices(FORMATS)
        .default('json'),
    )
    .addHelpText(
      'after',
      `
json: one notification per line, {"t","characteristic","hex"}, for twin --capture, vw1871 decode and wmbus analyze
hex: one telegram per line, as it was on the air with its checksum, for wmbus decode and wmbus solve
rtlwmbus: one telegram per line, as rtl-wmbus writes them: | wmbusmeters stdin:rtlwmbus NAME kamwater ID KEY`,
    )
    .action(run)
}

async function run(options: RecordCommandOptions): Promise<void> {
  const clock = new RealClock()
  let end: (error?: Error) => void = () => {}
  const ended = new Promise<void>((resolve, reject) => {
    end = (error) => (error === undefined ? resolve() : reject(error))
  })
  const recording = Recording.open(options.out, end)
  const progress = new Progress(process.stderr, clock)
  const notice = (text: string) => progress.interrupt(() => sayLine(text))
  const bluetooth = new Bluetooth({
    clock,
    start: startBluetooth,
    platform: process.platform,
    say: notice,
    onUseless: (problem) => end(new NegativeResult(problem)),
    onNotification: (characteristic, bytes) => {
      if (options.format === 'json') recording.write(notificationLine(new Date(), characteristic, bytes))
    },
  })
  const concentrator = listen({ ...options, clock, ble: bluetooth, recording, progress, log: notice })
  const timer = options.seconds === undefined ? undefined : clock.set(() => end(), options.seconds * 1000)
  process.once('SIGINT', () => end())
  process.once('SIGTERM', () => end())
  try {
    await ended
  } finally {
    clock.clear(timer)
    concentrator.close()
    progress.close()
    await bluetooth.close()
    await recording.close()
  }
}

export interface ListenOptions {
  readonly clock: Clock
  readonly ble: BlePort
  readonly name: string
  readonly format: Format
  readonly recording: { write(line: string): void }
  readonly progress: { telegram(record: TelegramRecord): void; battery(millivolt: number): void }
  log(text: string): void
}

/** Starts the firmware's own search for a concentrator, and writes what it hears; to be closed by the caller. */
export function listen(options: ListenOptions): Concentrator {
  const { clock, ble, name, format, recording, progress, log } = options
  const concentrator = new Concentrator({
    clock,
    ble,
    random: Math.random,
    name: () => name,
    onTelegram: (record, age = 0) => {
      progress.telegram(record)
      if (format === 'json') return
      if (format === 'hex') return recording.write(toHex(record.frame()))
      const frame = withoutChecksums(record.frame())
      const sent = new Date(Date.now() - age * 1000)
      if (typeof frame !== 'string') recording.write(rtlwmbusLine(frame, record.rssi, sent))
    },
    onBattery: (millivolt) => progress.battery(millivolt),
    log,
  })
  concentrator.resume()
  return concentrator
}

/** A notification as `readNotifications` takes it. */
export function notificationLine(time: Date, characteristic: string, bytes: Uint8Array): string {
  return JSON.stringify({ t: time.toISOString(), characteristic, hex: toHex(bytes) })
}
