import type { Clock, Timer } from '../ports/clock.js'
import type { StoragePort } from '../ports/storage.js'
import { fromStored, type Settings } from './settings.js'
import { type SlotError, Slots } from './slots.js'
import type { Purpose, WriteBudget } from './write-budget.js'

const DELAY = 2_000

/** 144 attempts a day wear a full flash little enough. */
const RETRY = 600_000

/** Time between two writes of what a meter tells: a meter that contradicts itself must not wear the flash. */
const SLOWLY = 3_600_000

export interface SettingsOptions {
  readonly storage: StoragePort
  readonly clock: Clock
  /** The build's own values for what was never stored. */
  readonly defaults?: Partial<Settings>
  /**
   * Called before each write. The replay guard stores the tags of commands then, so that they reach flash before the change
   * they caused. False when flash does not take them.
   * @param purpose of the change
   */
  beforeWrite?(purpose: Purpose): boolean
  /** Bounds what commands, jobs and the portal may write. */
  readonly budget?: WriteBudget
  /** Called when flash refuses a write or reads back something else. The store tries again. */
  onFlashError?(error: SlotError): void
}

/**
 * Keeps the settings in flash. It writes only values that differ from the stored ones. After a failed write it tries
 * again with the next change, or after 10 minutes.
 */
export class SettingsStore {
  #options: SettingsOptions
  #slots: Slots
  #values: Settings
  #stored: string
  #timer: Timer | undefined
  /** Flash has refused the last write, or what must be stored first. */
  #isRefused = false
  /** When `updateSlowly` may write again, in ms of the monotonic clock. */
  #slowFrom = 0
  /** What alone may still change, because everything else was reset. */
  #kept: readonly (keyof Settings)[] | undefined

  constructor(options: SettingsOptions) {
    this.#options = options
    this.#slots = new Slots(options.storage, 'settings')
    this.#values = fromStored(this.#slots.read(), options.defaults)
    this.#stored = JSON.stringify(this.#values)
  }

  get values(): Readonly<Settings> {
    return this.#values
  }

  /** The settings as they are before anything is stored. */
  get defaults(): Settings {
    return fromStored(undefined, this.#options.defaults)
  }

  /** Whether flash takes the settings. It `refuses` until an attempt succeeds; `spent` is too much written of late. */
  get flash(): 'works' | 'refuses' | 'spent' {
    if (this.#isRefused) return 'refuses'
    return this.#options.budget?.isSpent ? 'spent' : 'works'
  }

  /** Whether `reset` was done: the device restarts then. */
  get isReset(): boolean {
    return this.#kept !== undefined
  }

  /**
   * Stores the defaults, and what these names have now. Nothing else changes from then on, so that nothing that is still at
   * work with the settings of before brings one back. False where flash does not take it: all settings are as they were then.
   */
  reset(kept: readonly (keyof Settings)[]): boolean {
    const before = this.#values
    const fresh = { ...this.defaults, ...this.#only(kept, before) }
    // Flash that has refused this once may take it now.
    this.insist(fresh)
    // Nothing is new where flash was spared, or where all this was so before.
    const isDone = !this.#isRefused && JSON.stringify(this.#values) === JSON.stringify(fresh)
    if (isDone) this.#kept = kept
    else this.#values = before
    return isDone
  }

  /**
   * Applies changes and writes them at once; true then. False when nothing is new, when flash does not take what must be
   * stored first, or when too much was written of late: nothing is changed then.
   */
  update(wanted: Partial<Settings>): boolean {
    const { budget } = this.#options
    const changes = this.#possible(wanted)
    if (!this.#isNews(changes)) return false
    const purpose = this.#purposeOf(changes)
    if (budget?.isSpentFor(purpose)) return false
    if (!this.#isReady(purpose)) {
      this.#writeIn(RETRY)
      return false
    }
    this.#values = { ...this.#values, ...changes }
    budget?.spend()
    this.#write()
    return true
  }

  /** As `update`, but what flash has refused is written again though nothing is new: for what a person has asked for twice. */
  insist(changes: Partial<Settings>): void {
    const { budget } = this.#options
    if (this.#isNews(changes)) this.update(changes)
    else if (this.#isRefused && !budget?.isSpent) {
      budget?.spend()
      this.flush()
    }
  }

  /** Applies changes now in any case, and writes them 2 s after the last such call. */
  updateLater(wanted: Partial<Settings>): void {
    const changes = this.#possible(wanted)
    if (!this.#isNews(changes)) return
    this.#values = { ...this.#values, ...changes }
    this.#writeIn(DELAY)
  }

  /** Applies changes now in any case, and writes them with whatever is written next: within 2 s, or an hour after the last of their kind. */
  updateSlowly(wanted: Partial<Settings>): void {
    const changes = this.#possible(wanted)
    if (!this.#isNews(changes)) return
    this.#values = { ...this.#values, ...changes }
    if (this.#timer !== undefined) return
    const now = this.#options.clock.now()
    const at = Math.max(now + DELAY, this.#slowFrom)
    this.#slowFrom = at + SLOWLY
    this.#writeIn(at - now)
  }

  /** Writes pending changes. */
  flush(): void {
    this.#options.clock.clear(this.#timer)
    this.#timer = undefined
    // A refusal stands until flash has taken something.
    if (!this.#isRefused && JSON.stringify(this.#values) === this.#stored) return
    if (this.#isReady('other')) this.#write()
    else this.#writeIn(RETRY)
  }

  /** Writes pending changes for the last time. */
  close(): void {
    this.flush()
    this.#options.clock.clear(this.#timer)
  }

  #possible(changes: Partial<Settings>): Partial<Settings> {
    return this.#kept === undefined ? changes : this.#only(this.#kept, changes)
  }

  #only(names: readonly (keyof Settings)[], from: Partial<Settings>): Partial<Settings> {
    const values: Record<string, unknown> = {}
    for (const name of names) if (name in from) values[name] = from[name]
    return values
  }

  #isReady(purpose: Purpose): boolean {
    this.#isRefused = this.#options.beforeWrite?.(purpose) === false
    return !this.#isRefused
  }

  #isNews(changes: Partial<Settings>): boolean {
    const names = Object.keys(changes) as (keyof Settings)[]
    for (let i = 0; i < names.length; i++) if (!isSame(changes[names[i]!], this.#values[names[i]!])) return true
    return false
  }

  #purposeOf({ limit = this.#values.limit, valveOpen = this.#values.valveOpen }: Partial<Settings>): Purpose {
    if (limit !== this.#values.limit) return 'limit'
    return valveOpen === this.#values.valveOpen ? 'other' : 'valve'
  }

  #write(): void {
    this.#options.clock.clear(this.#timer)
    this.#timer = undefined
    const text = JSON.stringify(this.#values)
    const error = this.#slots.writeText(text)
    this.#isRefused = error !== undefined
    if (error === undefined) {
      this.#stored = text
      return
    }
    this.#writeIn(RETRY)
    this.#options.onFlashError?.(error)
  }

  #onTimer(): void {
    const { budget } = this.#options
    if (budget?.isSpent) return this.#writeIn(RETRY)
    budget?.spend()
    this.flush()
  }

  #writeIn(ms: number): void {
    this.#options.clock.clear(this.#timer)
    this.#timer = this.#options.clock.set(() => this.#onTimer(), ms)
  }
}

/** Texts in lists are compared one by one. */
function isSame(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other
  return one.length === other.length && one.every((text, i) => text === other[i])
}
