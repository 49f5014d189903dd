import { Envelope } from '../../modules/mqttcrypto/envelope.js'
import { newRegister } from '../../tools/fleet.js'
import { type KeyRegister, parseRegister } from '../../tools/key-register.js'
import { envelopesOf } from '../../tools/options.js'
import { Push, type PushHost, type PushOptions } from '../../tools/push.js'
import { RunLog } from '../../tools/run-log.js'
import { parseStages } from '../../tools/stages.js'
import { VirtualClock } from '../../twin/clock.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { POWER_ON } from '../../twin/virtual.js'

export const VERSION = '0.2.0'
export const PATH = '/meterlogger.signed'
export const URL = `http://updates:8000${PATH}`
export const SHA256 = 'ab'.repeat(32)

/** Serial number of the first device. */
const FIRST = 2_000_000

export interface ToldCommand {
  readonly serial: string
  readonly name: string
  readonly payload: string
}

/** A register of new devices. */
export function registerOf(count: number): KeyRegister {
  return parseRegister(newRegister(count, FIRST), 'keys.csv')
}

/** A roll-out by the code of `update push`, with a broker that a test stands for. */
export class Operator implements PushHost {
  readonly clock: VirtualClock
  readonly push: Push
  readonly register: KeyRegister
  isConnected = true
  /** What it has told the devices. */
  readonly commands: ToldCommand[] = []
  /** Its lines on standard output, and those on standard error. */
  readonly lines: string[] = []
  readonly said: string[] = []
  ended = 0
  error: unknown
  /** Passes a command on to its device. */
  onCommand: (topic: string, message: Uint8Array, serial: string) => void = () => {}

  /** @param path of the log */
  constructor(register: KeyRegister, changes: Partial<PushOptions> = {}, path?: string) {
    this.register = register
    this.clock = (changes.clock as VirtualClock | undefined) ?? new VirtualClock()
    const version = changes.version ?? VERSION
    this.push = new Push(
      {
        clock: this.clock,
        version,
        url: URL,
        force: false,
        serials: register.devices.map(({ serial }) => serial),
        stages: parseStages('1,10,100%'),
        parallel: 20,
        patience: 30 * 60_000,
        log: new RunLog(path, 'update push', () => ({ version, sha256: SHA256 })),
        envelopes: envelopesOf(register),
        ...changes,
      },
      this,
    )
  }

  /** The serial number of a device of the register. */
  serial(index: number): string {
    return this.register.devices[index]!.serial
  }

  /** A device tells of its update, or its version. */
  hear(index: number, text: string, kind = 'update', time = this.unix()): void {
    const { serial, key } = this.register.devices[index]!
    const topic = `/${kind}/v2/${serial}/${time}`
    this.push.onMessage(topic, new Envelope(nodeCrypto, key).seal(topic, text))
  }

  unix(): number {
    return Math.floor((POWER_ON + this.clock.now()) / 1000)
  }

  publish(topic: string, message: Uint8Array): void {
    const [, , , serial = '', , name = ''] = topic.split('/')
    const { key } = this.register.find(serial)!
    const opened = new Envelope(nodeCrypto, key).open(topic, message, Number.POSITIVE_INFINITY)
    this.commands.push({ serial, name, payload: opened.ok ? opened.value : opened.error })
    this.onCommand(topic, message, serial)
  }

  print(line: string): void {
    this.lines.push(line)
  }

  say(text: string): void {
    this.said.push(text)
  }

  onEnd(error?: unknown): void {
    this.ended++
    this.error ??= error
  }
}
