import type { Clock, Timer } from '../ports/clock.js'

export type Remedy = 'tcp' | 'mqtt' | 'address' | 'access_point' | 'radio' | 'reboot'

const PATIENCE = 60_000

/** The ladder, gentlest remedy first, with the time in ms that each has before the next one. After the last, it starts again. */
const LADDER = Object.freeze([
  // The session itself reconnects as soon as the broker does not answer.
  Object.freeze({ remedy: 'tcp', budget: PATIENCE } as const),
  Object.freeze({ remedy: 'mqtt', budget: 15_000 } as const),
  Object.freeze({ remedy: 'address', budget: 15_000 } as const),
  Object.freeze({ remedy: 'access_point', budget: 30_000 } as const),
  Object.freeze({ remedy: 'radio', budget: 120_000 } as const),
])

/** These are pointless while the network is known to work. Joining another network is not: it may block less. */
const NETWORK_REMEDIES: readonly Remedy[] = Object.freeze(['address', 'access_point', 'radio'])

const REBOOT_AFTER = 86_400_000

/** With fewer free bytes, Wi-Fi and TCP begin to fail. An orderly restart before that loses less. */
const LEAST_HEAP = 16_384
/** No restart for memory in the first hour: if memory is short from the start, a restart does not help. */
const HEAP_GRACE = 3_600_000

export interface WatchdogOptions {
  readonly clock: Clock
  /** Whether a restart is the last remedy. */
  readonly mayReboot: boolean
  log(text: string): void
}

/** What the watchdog asks and tells. An object, because closures would take more RAM. */
export interface WatchdogHost {
  /** False while there is nothing to heal: no network is set up, or somebody is using the portal. */
  isActive(): boolean
  /** Whether another network is stored. */
  hasOther(): boolean
  /** Free bytes; 0 where the host cannot tell. */
  freeHeap(): number
  /** Applies a remedy. The watchdog only counts `tcp`. */
  apply(remedy: Exclude<Remedy, 'tcp'>): void
}

/**
 * Applies one remedy after another while the broker is silent, and restarts the device after a silent day. It also
 * restarts the device, at most once an hour, when memory runs short. It checks memory with every remedy and at least once
 * a minute.
 */
export class Watchdog {
  #options: WatchdogOptions
  #host: WatchdogHost
  #counts: Record<Remedy, number> = { tcp: 0, mqtt: 0, address: 0, access_point: 0, radio: 0, reboot: 0 }
  #heardAt = 0
  /** When any host last answered. Only relevant if later than `#heardAt`. */
  #reachedAt = 0
  #step = 0
  #timer: Timer | undefined

  constructor(options: WatchdogOptions, host: WatchdogHost) {
    this.#options = options
    this.#host = host
  }

  start(): void {
    this.heard()
    this.#arm(0)
  }

  stop(): void {
    this.#options.clock.clear(this.#timer)
  }

  /** Called whenever the broker sends something. */
  heard(): void {
    this.#heardAt = this.#options.clock.now()
    if (this.#step > 0) this.#arm(0)
  }

  /** Called when another host answers, or the broker's host without the broker. Either proves that the network works. */
  reached(): void {
    this.#reachedAt = this.#options.clock.now()
  }

  count(remedy: Remedy): void {
    this.#counts[remedy]++
  }

  /** How often the watchdog has applied each remedy since power-on, `tcp=0&mqtt=0&..`. */
  text(): string {
    return Object.entries(this.#counts)
      .map(([remedy, count]) => `${remedy}=${count}`)
      .join('&')
  }

  #arm(step: number, ms: number = LADDER[step]!.budget): void {
    const { clock } = this.#options
    this.#step = step
    clock.clear(this.#timer)
    this.#timer = clock.set(() => this.#onTimer(), ms)
  }

  #onTimer(): void {
    const { clock, mayReboot } = this.#options
    if (this.#isShortOfMemory()) return this.#try('reboot', 'memory runs short')
    if (!this.#host.isActive()) this.#heardAt = clock.now()
    const silent = clock.now() - this.#heardAt
    if (mayReboot && silent >= REBOOT_AFTER) return this.#try('reboot')
    if (silent < PATIENCE) return this.#arm(0, Math.ceil(PATIENCE - silent))
    const next = (this.#step + 1) % LADDER.length
    this.#arm(next)
    const { remedy } = LADDER[next]!
    if (remedy !== 'tcp' && !this.#cannotHelp(remedy)) this.#try(remedy)
  }

  #cannotHelp(remedy: Remedy): boolean {
    if (remedy === 'access_point' && this.#host.hasOther()) return false
    return NETWORK_REMEDIES.includes(remedy) && this.#reachedAt > this.#heardAt
  }

  #isShortOfMemory(): boolean {
    const free = this.#host.freeHeap()
    return free > 0 && free < LEAST_HEAP && this.#options.clock.now() >= HEAP_GRACE
  }

  #try(remedy: Exclude<Remedy, 'tcp'>, reason = 'the broker is not heard'): void {
    this.count(remedy)
    this.#options.log(`watchdog: ${reason}; ${remedy}`)
    this.#host.apply(remedy)
  }
}
