import { parseFlags } from '../../../modules/app/flags.js'
import type { StoragePort } from '../../../modules/ports/storage.js'
import { SettingsStore } from '../../../modules/storage/settings-store.js'
import { VirtualClock } from '../../../twin/clock.js'
import { SimulatedConcentrator } from '../../../twin/concentrator.js'
import { SimulatedMultical } from '../../../twin/multical.js'
import { SimulatedMultical66 } from '../../../twin/multical66.js'
import { RadioField } from '../../../twin/radio-field.js'
import { seededRandom } from '../../../twin/random.js'
import { Bluetooth } from './bluetooth.js'
import { Chip } from './chip.js'
import { Crypt } from './crypt.js'
import { FlashChip } from './flash.js'
import { Hardware } from './hardware.js'
import { Nvs } from './nvs.js'
import { outside, WORLD_START } from './outside.js'
import { Pins } from './pins.js'
import { Uarts } from './serial.js'
import { Time } from './time.js'
import { Timers } from './timers.js'

/** What the tests know of the twin's chip. */
const CHIP = { freeHeap: 21_376, mac: [0x24, 0x0a, 0xc4, 0x00, 0xc0, 0xde], flashId: 0x204016 }

/** The name that the firmware gives its settings in NVS. */
const DOMAIN = 'meterlogger'

export interface BoardOptions {
  /** Build options beside those of the image. */
  readonly flags?: Readonly<Record<string, string>>
  /** What is stored already; else it is as it leaves the factory. */
  readonly settings?: Parameters<SettingsStore['update']>[0]
  /** NVS and journal of a board that was there before. */
  readonly memory?: Memory
  readonly meterSerial?: number
  readonly unix?: number
}

/** What outlives power-off. */
export interface Memory {
  nvs?: Nvs
  flash?: FlashChip
}

/** A whole board with everything around it. */
export class Board {
  readonly clock: VirtualClock
  readonly hardware: Hardware
  readonly nvs: Nvs
  readonly flash: FlashChip
  readonly pins: Pins
  readonly uarts: Uarts
  readonly time: Time
  readonly line: ReturnType<Uarts['connect']>
  readonly outside: ReturnType<typeof outside>
  readonly multical: SimulatedMultical | undefined
  /** In builds with BLE. */
  readonly concentrator: SimulatedConcentrator | undefined

  constructor({ flags = {}, settings, memory = {}, meterSerial, unix = WORLD_START }: BoardOptions) {
    // Promises of the world itself settle; those of the board are messages to its main task.
    this.clock = new VirtualClock(async () => {
      for (let i = 0; i < 8; i++) await undefined
    })
    const hardware = new Hardware(this.clock)
    this.hardware = hardware
    hardware.flash(flags)
    this.pins = new Pins(hardware)
    this.uarts = new Uarts(hardware, this.pins)
    this.nvs = new Nvs(hardware, memory.nvs?.content)
    for (const [key, sets] of memory.nvs?.sets ?? []) this.nvs.sets.set(key, sets)
    this.flash = new FlashChip(hardware, { journal: memory.flash?.journal, ota: memory.flash?.ota })
    memory.nvs = this.nvs
    memory.flash = this.flash
    this.flash.onBusy = (ms) => this.pins.mask(ms)
    this.nvs.onBusy = (ms) => this.pins.mask(ms)
    this.time = new Time(hardware)
    const parts = [new Timers(hardware), this.time, new Crypt(), new Chip(hardware, CHIP)]
    for (const part of [...parts, this.pins, this.uarts, this.nvs, this.flash]) hardware.add(part)
    this.outside = outside(hardware, { unix })
    const { uart } = build.config as { uart: { port: number } }
    this.line = this.uarts.connect(uart.port, seededRandom(1))
    this.concentrator = this.#createConcentrator(flags)
    this.multical = attachMeter(this, { ...flags }, meterSerial)
    if (settings !== undefined) new SettingsStore({ storage: this.storage, clock: this.clock }).update(settings)
  }

  /** The meters whose keys the image brings are in the air, and a concentrator that hears them. */
  #createConcentrator(flags: Readonly<Record<string, string>>): SimulatedConcentrator | undefined {
    const parsed = parseFlags({ KEY: '0'.repeat(32), ...build.config, ...flags })
    if (!parsed.ok || !parsed.value.ble) return undefined
    const random = seededRandom(2)
    const concentrator = new SimulatedConcentrator({ clock: this.clock, random })
    new RadioField({
      clock: this.clock,
      random,
      own: parsed.value.waterMeters,
      strangers: 3,
      hear: (frame, rssi) => concentrator.receiver.hear(frame, rssi),
    })
    this.hardware.add(new Bluetooth(this.hardware, concentrator))
    return concentrator
  }

  /** NVS as the firmware's settings use it, past the firmware. */
  get storage(): StoragePort {
    return {
      read: (key) => {
        const value = this.nvs.read(DOMAIN, key)
        return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined
      },
      write: (key, bytes) => {
        this.nvs.write(DOMAIN, key, bytes.slice().buffer)
        return true
      },
    }
  }

  /** The meter's contact draws the impulse input low for so many milliseconds. */
  impulse(ms = 100): void {
    const { impulse } = build.config.board as { impulse: number }
    this.pins.drive(impulse, 0)
    this.clock.set(() => this.pins.drive(impulse, undefined), ms)
  }
}

function attachMeter(
  { line, clock }: Board,
  flags: Readonly<Record<string, string>>,
  serial = Number(flags.SERIAL ?? 1234567),
): SimulatedMultical | undefined {
  if (flags.EN61107 === '1') new SimulatedMultical66(line, clock, serial, '66-C')
  else if (flags.MC_66B === '1') new SimulatedMultical66(line, clock, serial, '66-B')
  else if (flags.IMPULSE !== '1' && flags.FLOWIQ !== '1') return new SimulatedMultical(line, clock, serial)
  return undefined
}
