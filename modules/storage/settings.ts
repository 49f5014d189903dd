import { decodeUtf8, encodeUtf8 } from '../codec/utf8.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { StoragePort } from '../ports/storage.js'
import { type SlotError, Slots } from './slots.js'

/** What the device remembers over power-off. */
export interface Settings {
  /** Serial number last read from the meter, digits; empty before the first. */
  serial: string
  /** Wi-Fi network to join; empty before set-up. At most 32 and 64 bytes. */
  ssid: string
  password: string
  /** The network before that one, until that one has worked; empty when there is none. */
  previousSsid: string
  previousPassword: string
  /** A network to join when no other can be; empty for none. */
  fallbackSsid: string
  fallbackPassword: string
  mqttHost: string
  mqttPort: number
  mqttUser: string
  mqttPassword: string
  /** Whether the device's own access point runs, and its password. */
  apEnabled: boolean
  apPassword: string
  valveOpen: boolean
  /** The valve closes when the meter's total reaches it: whole kWh, or litres with FLOW_METER. */
  limit: number
  /** The meter's total that was last believed, in the unit of the limit, at most 6 h old; -1 when there is none. And whose it was. */
  total: number
  totalSerial: string
  /** Of an impulse meter: its number, what it showed when counting began (Wh, litres), impulses a kWh or m3. */
  impulseSerial: string
  impulseStart: number
  impulsesPerUnit: number
  /** Of the set-up network; empty for the one made of the key. */
  portalPassword: string
  /** How the concentrator's name begins, and the radio meters with their keys, `id:key`. */
  concentrator: string
  waterMeters: readonly string[]
  /** Jobs as `modules/control/cron/job` writes them. */
  cron: readonly string[]
  /** Time zone of the jobs as a POSIX TZ text. */
  zone: string
}

/** Made anew for each store: of an object that is preloaded, on the device, XS makes no JSON. */
function defaults(): Settings {
  return {
    serial: '',
    ssid: '',
    password: '',
    previousSsid: '',
    previousPassword: '',
    fallbackSsid: '',
    fallbackPassword: '',
    mqttHost: 'nabovarme.meterlogger.net',
    mqttPort: 1883,
    mqttUser: 'esp8266',
    mqttPassword: 'chah5Kai',
    apEnabled: true,
    apPassword: 'w1reless',
    valveOpen: false,
    limit: 0,
    total: -1,
    totalSerial: '',
    impulseSerial: '',
    impulseStart: 0,
    impulsesPerUnit: 100,
    portalPassword: '',
    concentrator: 'VW1871-',
    waterMeters: [],
    cron: [],
    // Europe/Copenhagen: summer time from the last Sunday of March to that of October, 01:00 UTC both.
    zone: 'CET-1CEST,M3.5.0,M10.5.0/3',
  }
}

const DELAY = 2_000

/** Seldom enough that a flash which is full is not worn by it: 144 attempts a day. */
const RETRY = 600_000

export interface SettingsOptions {
  readonly storage: StoragePort
  readonly clock: Clock
  /** Called before every write: stores which commands were done, so that none of them changes anything twice. False when flash does not take that. */
  beforeWrite?(): boolean
  /** A write was refused, or does not read back as it was written; it is attempted again. */
  onFlashError?(error: SlotError): void
}

/**
 * The settings: written only when something is different from what is stored, and again where flash did not take it, with
 * the next change or in 10 minutes.
 */
export class SettingsStore {
  #options: SettingsOptions
  #slots: Slots
  #values: Settings
  #stored: string
  #timer: Timer | undefined

  constructor(options: SettingsOptions) {
    this.#options = options
    this.#slots = new Slots(options.storage, 'settings')
    this.#values = fromStored(this.#slots.read())
    this.#stored = JSON.stringify(this.#values)
  }

  get values(): Readonly<Settings> {
    return this.#values
  }

  /**
   * Changes and writes at once. Nothing is changed when nothing is new, or when flash does not take what has to be
   * stored first; false then.
   */
  update(changes: Partial<Settings>): boolean {
    if (!this.#isNews(changes) || !this.#isReady()) return false
    this.#values = { ...this.#values, ...changes }
    this.#write()
    return true
  }

  /** Changes now in any case, and writes 2 s after the last such change. */
  updateLater(changes: Partial<Settings>): void {
    if (!this.#isNews(changes)) return
    this.#values = { ...this.#values, ...changes }
    this.#writeIn(DELAY)
  }

  /** Writes what has not been written yet. */
  flush(): void {
    this.#options.clock.clear(this.#timer)
    this.#timer = undefined
    if (JSON.stringify(this.#values) === this.#stored) return
    if (this.#isReady()) this.#write()
    else this.#writeIn(RETRY)
  }

  /** Writes what has not been written yet, for the last time. */
  close(): void {
    this.flush()
    this.#options.clock.clear(this.#timer)
  }

  #isReady(): boolean {
    return this.#options.beforeWrite?.() ?? true
  }

  #isNews(changes: Partial<Settings>): boolean {
    for (const name of Object.keys(changes) as (keyof Settings)[])
      if (!isSame(changes[name], this.#values[name])) return true
    return false
  }

  #write(): void {
    this.#options.clock.clear(this.#timer)
    this.#timer = undefined
    const text = JSON.stringify(this.#values)
    const error = this.#slots.write(encodeUtf8(text))
    if (error === undefined) {
      this.#stored = text
      return
    }
    this.#writeIn(RETRY)
    this.#options.onFlashError?.(error)
  }

  #writeIn(ms: number): void {
    this.#options.clock.clear(this.#timer)
    this.#timer = this.#options.clock.set(() => this.flush(), ms)
  }
}

/** Defaults where a value is missing or of another kind. */
function fromStored(bytes: Uint8Array | undefined): Settings {
  const values: Record<string, unknown> = { ...defaults() }
  const stored = bytes === undefined ? undefined : parseObject(decodeUtf8(bytes))
  if (stored !== undefined) {
    for (const name of Object.keys(values)) {
      if (isSameKind(stored[name], values[name])) values[name] = stored[name]
    }
  }
  return values as unknown as Settings
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function isSameKind(value: unknown, standard: unknown): boolean {
  if (Array.isArray(standard)) return Array.isArray(value) && value.every((item) => typeof item === 'string')
  // JSON can write 1e999, which is no number that could be stored again.
  return typeof standard === 'number' ? Number.isFinite(value) : typeof value === typeof standard
}

/** Texts in lists are compared one by one. */
function isSame(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other
  return one.length === other.length && one.every((text, i) => text === other[i])
}
