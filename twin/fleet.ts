import type { Flags } from '../modules/app/flags.js'
import type { Timer } from '../modules/ports/clock.js'
import { SimulatedFlash } from './flash.js'
import { someHousehold } from './heated-house.js'
import { MemoryStorage } from './memory-storage.js'
import { twinMeter } from './meters.js'
import { seededRandom } from './random.js'
import { Twin, type TwinOptions } from './twin.js'

/** Sectors of the journal, which fills its memory in time: as a board's for some hundred twins, and less for more of them. */
const MOST_SECTORS = 192
const LEAST_SECTORS = 4
const SECTORS_OF_ALL = 65_536

/** Every device sends once in this time; the fleet's are spread over it. */
const PERIOD = 60_000

export interface FleetOptions
  extends Pick<
    TwinOptions,
    'clock' | 'connect' | 'connectTcp' | 'broker' | 'strangers' | 'onDelivered' | 'onTaken' | 'sendersUnix'
  > {
  /** The flags of each device; each with another SERIAL. */
  readonly devices: readonly Flags[]
  /** Unix milliseconds when the first one is switched on. */
  readonly unix: number
  log?(serial: string, text: string): void
}

/** A twin is late that is not connected after so many ms; it takes half as long where nothing is in its way. */
const LATE = 15_000
/** No further twin is switched on while so many are late: a slow computer would only be busy with what times out. */
const MOST_LATE = 20
/** ms until the next look then. */
const LATER = 100

/** Many twins in one process. Each is switched on at its own moment of the first minute, and has a household of its own. */
export class Fleet {
  #options: FleetOptions
  #twins: Twin[] = []
  /** Those that are not connected yet, and since when they are on. */
  #joining: { readonly twin: Twin; readonly at: number }[] = []
  #ends: (() => void)[] = []
  #timer: Timer | undefined
  #began = 0

  constructor(options: FleetOptions) {
    this.#options = options
  }

  /** Devices that are switched on. */
  get on(): number {
    return this.#twins.length
  }

  /** Devices that the broker has taken. */
  get connected(): number {
    return this.#twins.reduce((sum, { firmware }) => sum + Number(firmware.brokerConnected), 0)
  }

  start(): void {
    this.#began = this.#options.clock.now()
    this.#next()
  }

  /** Takes a while where there are many, and lets others have their turn meanwhile. */
  async close(): Promise<void> {
    this.#options.clock.clear(this.#timer)
    for (const end of this.#ends) end()
    for (const twin of this.#twins) {
      twin.close()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** Switches on whichever is due. */
  #next(): void {
    const { clock, devices } = this.#options
    const gap = PERIOD / devices.length
    while (this.#twins.length < devices.length) {
      const now = clock.now()
      this.#joining = this.#joining.filter(({ twin }) => !twin.firmware.brokerConnected)
      const isBusy = (this.#joining[MOST_LATE - 1]?.at ?? now) < now - LATE
      const wait = isBusy ? LATER : this.#began + this.#twins.length * gap - now
      if (wait > 0) {
        this.#timer = clock.set(() => this.#next(), wait)
        return
      }
      this.#add(devices[this.#twins.length]!)
    }
  }

  #add(flags: Flags): void {
    const { clock, connect, connectTcp, broker, strangers, onDelivered, onTaken, sendersUnix } = this.#options
    const { unix, log, devices } = this.#options
    const { serial, driver } = flags
    const seed = Number(serial)
    const share = Math.floor(SECTORS_OF_ALL / devices.length)
    const sectors = Math.min(MOST_SECTORS, Math.max(LEAST_SECTORS, share))
    const household = someHousehold(seededRandom(seed))
    const twin = new Twin({
      ...{ flags, clock, connect, connectTcp, broker, strangers, onDelivered, onTaken, sendersUnix, household, seed },
      unix: unix + clock.now() - this.#began,
      storage: new MemoryStorage(),
      flash: new SimulatedFlash({ sectors }),
      log: log && ((text) => log(serial, text)),
    })
    this.#twins.push(twin)
    this.#joining.push({ twin, at: clock.now() })
    twin.start()
    const { line, impulses } = twin
    const end = twinMeter(driver.name).start?.({ line, impulses, clock, serial: seed, household })
    if (end !== undefined) this.#ends.push(end)
  }
}
