import { parseFlags } from '../../../modules/app/flags.js'
import { hasOwn } from '../../../modules/codec/has-own.js'
import { Envelope } from '../../../modules/mqttcrypto/envelope.js'
import { SettingsStore } from '../../../modules/storage/settings-store.js'
import { nodeCrypto } from '../../../twin/crypto.js'
import { MemoryStorage } from '../../../twin/memory-storage.js'
import { operatorOf } from '../../../twin/operator.js'
import { Board, type Memory } from './board.js'
import type { Pins } from './pins.js'

const KEY = 'b1c0a5e2f47d3968805e1f6a9c2b7d43'

/** Unix milliseconds when the boards of the tests are switched on. */
export const POWER_ON = 1_800_000_000_000

/** The test looks at something that a board does not show. */
class NotOnBoard extends Error {
  constructor(what: string) {
    super(`not on a board: ${what}`)
  }
}

/** Memory of boards that the tests have switched off, by what they know it by. */
const memories = new WeakMap<object, Memory>()

/** A pin that the board drives, as the tests see one. */
class Output {
  /** How often it has changed since it was first driven. */
  changes = 0
  /** Called after each of these changes. */
  onChange: ((level: 0 | 1) => void) | undefined
  #level: 0 | 1 | undefined
  #number: number
  #pins: Pins

  constructor(number: number, pins: Pins) {
    this.#number = number
    this.#pins = pins
  }

  get level(): 0 | 1 | undefined {
    return this.#pins.isOutput(this.#number) ? this.#pins.level(this.#number) : undefined
  }

  onWrite(number: number, level: 0 | 1): void {
    if (number !== this.#number) return
    const isChange = this.#level !== undefined && this.#level !== level
    this.#level = level
    if (!isChange) return
    this.changes++
    this.onChange?.(level)
  }
}

interface Options {
  readonly storage?: MemoryStorage
  readonly meterSerial?: number
  readonly unix?: number
  readonly fresh?: boolean
  readonly onBoot?: () => void
}

const SUPPORTED: Readonly<Record<keyof Options, true>> = {
  storage: true,
  meterSerial: true,
  unix: true,
  fresh: true,
  onBoot: true,
}

/**
 * A board in place of the virtual twin (`twin/virtual.ts`): the same description runs on both. What a board cannot
 * show ends the test with NotOnBoard.
 */
export function testTwin(flags: Record<string, string> = {}, options: Options = {}) {
  for (const name of Object.keys(options)) if (!hasOwn(SUPPORTED, name)) throw new NotOnBoard(`the option ${name}`)
  const { storage = new MemoryStorage(), meterSerial, unix = POWER_ON, fresh = false, onBoot } = options
  // The set-up network, which a twin of the tests does not have, is there for a moment only.
  const all = { KEY, SERIAL: '1234567', DEBUG: '1', DEBUG_SHORT_WEB_CONFIG_TIME: '1', ...flags }
  const parsed = parseFlags(all)
  if (!parsed.ok) throw new Error(parsed.error)
  const memory = memories.get(storage) ?? {}
  memories.set(storage, memory)
  const board = new Board({
    flags: all,
    memory,
    meterSerial,
    unix,
    settings: fresh ? undefined : { ssid: 'twin', password: 'simulated', mqttHost: 'broker', mqttPort: 1883 },
  })
  const { clock, hardware, pins, outside } = board
  Object.assign(storage, {
    writes(prefix: string): number {
      let count = 0
      for (const [key, sets] of board.nvs.sets) if (key.startsWith(prefix)) count += sets
      return count
    },
  })
  const { broker, air, time } = outside
  const envelope = new Envelope(nodeCrypto, parsed.value.key!)
  const { ac1, ac2, led } = build.config.board as { ac1: number; ac2: number; led: number }
  hardware.onBoot = onBoot

  const outputs = [ac1, ac2, led].map((number) => new Output(number, pins))
  pins.onOutput = (number, level) => {
    for (const output of outputs) output.onWrite(number, level)
  }

  const twin = {
    line: board.line,
    multical: board.multical,
    wifi: Object.assign(air, {
      uplink: () => outside.wifi.driver.joined && { address: outside.netifs.station?.address },
      rssi: () => outside.wifi.driver.joined?.rssi,
    }),
    time,
    ac1: outputs[0]!,
    ac2: outputs[1]!,
    led: outputs[2]!,
    impulses: { impulse: (width?: number) => board.impulse(width) },
    /** A board has no moment between power and start. */
    start() {},
    close: () => hardware.powerOff(),
    powerCut(ms: number) {
      hardware.powerOff()
      clock.set(() => hardware.powerOn(), ms)
    },
    get settings() {
      return new SettingsStore({ storage: board.storage, clock }).values
    },
    /** The last that the firmware has called itself, at the broker or in the air. */
    get serial() {
      return broker.logins.at(-1)?.id ?? ''
    },
    get firmware(): never {
      throw new NotOnBoard('the inside of the firmware')
    },
  }

  const { announced: online, ...operator } = operatorOf({ clock, broker, envelope, unix, serial: () => twin.serial })
  hardware.powerOn()
  return { clock, broker, storage, twin, envelope, log: hardware.traced, ...operator, online, board }
}
