import { decodeUtf8, encodeUtf8 } from '../codec/utf8.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { StoragePort } from '../ports/storage.js'
import { type SlotError, Slots } from './slots.js'
import type { WriteBudget } from './write-budget.js'

/** Most bytes of a Wi-Fi network's name and of its password. */
export const MAX_SSID = 32
export const MAX_PASSWORD = 64

/** Most bytes of the broker's user and password. */
export const MAX_BROKER_TEXT = 64

/** Stands in this source, so that everybody knows it. */
export const PUBLIC_MQTT_PASSWORD = 'chah5Kai'

/** The values that the device keeps without power. */
export interface Settings {
  /** Digits of the serial number last read from the meter; empty before the first reading. */
  serial: string
  /** The Wi-Fi network to join; empty before set-up. */
  ssid: string
  password: string
  /** The network before that one. It stays until the new one has led to the broker; empty for none. */
  previousSsid: string
  previousPassword: string
  /** The network to join when no other can be joined; empty for none. */
  fallbackSsid: string
  fallbackPassword: string
  mqttHost: string
  mqttPort: number
  mqttUser: string
  mqttPassword: string
  /** Whether that broker has ever answered. Only then it stays beside the next one. */
  mqttAnswered: boolean
  /** The broker before that one. It stays until the new one has answered; the host is empty for none. */
  previousMqttHost: string
  previousMqttPort: number
  previousMqttUser: string
  previousMqttPassword: string
  /** Whether the device's own access point runs, and its password; it does not run without one. */
  apEnabled: boolean
  apPassword: string
  valveOpen: boolean
  /** The total at which the valve closes: whole kWh, or litres with FLOW_METER. */
  limit: number
  /** The meter's total that the device last believed, in the unit of the limit and at most 6 h old, and the meter's serial number; -1 and empty when there is none. */
  total: number
  totalSerial: string
  /** An impulse meter's serial number, its reading when counting began (Wh or litres), and its impulses per kWh or m3. */
  impulseSerial: string
  impulseStart: number
  impulsesPerUnit: number
  /** The set-up network's password; empty for the one that is made from the key. */
  portalPassword: string
  /** The start of the concentrator's name, and the radio meters with their keys, `id:key`. */
  concentrator: string
  waterMeters: readonly string[]
  /** The jobs as `modules/control/cron/job` writes them. */
  cron: readonly string[]
  /** The jobs' time zone as a POSIX TZ text. */
  zone: string
}

/** A function, because XS cannot write a preloaded object as JSON. */
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
    mqttPassword: PUBLIC_MQTT_PASSWORD,
    mqttAnswered: false,
    previousMqttHost: '',
    previousMqttPort: 0,
    previousMqttUser: '',
    previousMqttPassword: '',
    apEnabled: true,
    apPassword: '',
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
    // Europe/Copenhagen: summer time from the last Sunday of March, 01:00 UTC, to the last Sunday of October, 01:00 UTC.
    zone: 'CET-1CEST,M3.5.0,M10.5.0/3',
  }
}

const DELAY = 2_000

/** 144 attempts a day wear a full flash little enough. */
const RETRY = 600_000

/** What a meter tells is written so often at most: a meter that contradicts itself must not wear the flash. */
const SLOWLY = 3_600_000

export interface SettingsOptions {
  readonly storage: StoragePort
  readonly clock: Clock
  /**
   * Called before each write. The replay guard stores the tags of commands then, so that they reach flash before the change
   * they caused. False when flash does not take them.
   */
  beforeWrite?(): boolean
  /** Bounds what commands, jobs and the portal may write. */
  readonly budget?: WriteBudget
  /** Called when flash refuses a write or reads back something else. The store tries again. */
  onFlashError?(error: SlotError): void
}

/**
 * Keeps the settings in flash. It writes only values that differ from the stored ones. After a failed write it tries
 * again when the same or another change is asked for, or after 10 minutes.
 */
export class SettingsStore {
  #options: SettingsOptions
  #slots: Slots
  #values: Settings
  #stored: string
  #timer: Timer | undefined
  /** Flash has refused the last write. */
  #isRefused = false
  /** From here on what comes slowly may be written again, in ms of the monotonic clock. */
  #slowFrom = 0

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
   * Applies changes and writes them at once; true then. False when nothing is new, when flash does not take what must be
   * stored first, or when too much was written of late: nothing is changed then.
   */
  update(changes: Partial<Settings>): boolean {
    const { budget } = this.#options
    const isNews = this.#isNews(changes)
    // Whoever asks for what flash has refused may not be left without it.
    if ((!isNews && !this.#isRefused) || budget?.isSpent || !this.#isReady()) return false
    this.#values = { ...this.#values, ...changes }
    budget?.spend()
    this.#write()
    return isNews
  }

  /** Applies changes now in any case, and writes them 2 s after the last such call. */
  updateLater(changes: Partial<Settings>): void {
    if (!this.#isNews(changes)) return
    this.#values = { ...this.#values, ...changes }
    this.#writeIn(DELAY)
  }

  /** Applies changes now in any case, and writes them with whatever is written next: within 2 s, or an hour after the last of their kind. */
  updateSlowly(changes: Partial<Settings>): void {
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
    if (JSON.stringify(this.#values) === this.#stored) return
    if (this.#isReady()) this.#write()
    else this.#writeIn(RETRY)
  }

  /** Writes pending changes for the last time. */
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

/** The stored values. Defaults replace values that are missing or of another type. */
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
  // JSON can hold 1e999, which reads as Infinity and could not be stored again.
  return typeof standard === 'number' ? Number.isFinite(value) : typeof value === typeof standard
}

/** Texts in lists are compared one by one. */
function isSame(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other
  return one.length === other.length && one.every((text, i) => text === other[i])
}
