import type { Clock, Timer } from '../ports/clock.js'

export type Remedy = 'tcp' | 'mqtt' | 'address' | 'access_point' | 'radio' | 'reboot'

const PATIENCE = 60_000

/** The ladder, gentlest first, and how long each remedy has to help before the next is tried, in ms. Then it begins anew. */
const LADDER = Object.freeze([
  // What the session does by itself from the moment that the broker does not answer.
  Object.freeze({ remedy: 'tcp', budget: PATIENCE } as const),
  Object.freeze({ remedy: 'mqtt', budget: 15_000 } as const),
  Object.freeze({ remedy: 'address', budget: 15_000 } as const),
  Object.freeze({ remedy: 'access_point', budget: 30_000 } as const),
  Object.freeze({ remedy: 'radio', budget: 120_000 } as const),
])

/** These change nothing about a network that was seen to work; to go to another network may, as one can let through less than another. */
const OF_THE_NETWORK: readonly Remedy[] = Object.freeze(['address', 'access_point', 'radio'])

const REBOOT_AFTER = 86_400_000

/** Below this many bytes Wi-Fi and TCP begin to fail for want of memory; a restart while it is still orderly loses less. */
const LEAST_HEAP = 16_384
/** No restart for want of memory before: where it is not there from the start, restarting does not bring it. */
const HEAP_GRACE = 3_600_000

export interface WatchdogOptions {
  readonly clock: Clock
  /** False while there is nothing to heal: no network is set up, or somebody is at it. */
  isActive(): boolean
  /** Whether there is another network to go to. */
  hasOther(): boolean
  /** Whether a restart is the last remedy. */
  readonly mayReboot: boolean
  /** Bytes; 0 where nobody knows. */
  freeHeap(): number
  /** Does it. `tcp` is only counted. */
  apply(remedy: Exclude<Remedy, 'tcp'>): void
  log(text: string): void
}

/**
 * Tries one remedy after another while the broker is not heard, and the restart after a day of that. It also restarts,
 * at most once an hour, when memory runs short, which is looked at with every remedy and else once a minute.
 */
export class Watchdog {
  #options: WatchdogOptions
  #counts: Record<Remedy, number> = { tcp: 0, mqtt: 0, address: 0, access_point: 0, radio: 0, reboot: 0 }
  #heardAt = 0
  /** When something beyond the access point has answered; before the last word of the broker is no matter. */
  #reachedAt = 0
  #step = 0
  #timer: Timer | undefined

  constructor(options: WatchdogOptions) {
    this.#options = options
  }

  start(): void {
    this.heard()
    this.#arm(0)
  }

  stop(): void {
    this.#options.clock.clear(this.#timer)
  }

  /** The broker has said something. */
  heard(): void {
    this.#heardAt = this.#options.clock.now()
    if (this.#step > 0) this.#arm(0)
  }

  /** Another host has answered, or the broker's has without the broker: the network works. */
  reached(): void {
    this.#reachedAt = this.#options.clock.now()
  }

  count(remedy: Remedy): void {
    this.#counts[remedy]++
  }

  /** How often each remedy was tried since power-on, `tcp=0&mqtt=0&..`. */
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
    const { clock, isActive, mayReboot } = this.#options
    if (this.#isShortOfMemory()) return this.#try('reboot', 'memory runs short')
    if (!isActive()) this.#heardAt = clock.now()
    const silent = clock.now() - this.#heardAt
    if (mayReboot && silent >= REBOOT_AFTER) return this.#try('reboot')
    if (silent < PATIENCE) return this.#arm(0, Math.ceil(PATIENCE - silent))
    const next = (this.#step + 1) % LADDER.length
    this.#arm(next)
    const { remedy } = LADDER[next]!
    if (remedy !== 'tcp' && !this.#isInVain(remedy)) this.#try(remedy)
  }

  #isInVain(remedy: Remedy): boolean {
    if (remedy === 'access_point' && this.#options.hasOther()) return false
    return OF_THE_NETWORK.includes(remedy) && this.#reachedAt > this.#heardAt
  }

  #isShortOfMemory(): boolean {
    const { clock, freeHeap } = this.#options
    const free = freeHeap()
    return free > 0 && free < LEAST_HEAP && clock.now() >= HEAP_GRACE
  }

  #try(remedy: Exclude<Remedy, 'tcp'>, reason = 'the broker is not heard'): void {
    this.count(remedy)
    this.#options.log(`watchdog: ${reason}; ${remedy}`)
    this.#options.apply(remedy)
  }
}
