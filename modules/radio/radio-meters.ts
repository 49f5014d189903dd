import type { TelegramRecord } from '../ble/record.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { CryptoPort } from '../ports/crypto.js'
import type { StoragePort } from '../ports/storage.js'
import { knownWith } from './detect.js'
import { headersText, type RadioHeader } from './header-list.js'
import type { WaterMeter } from './meter-list.js'
import { RadioMeter, type RadioMeterEvents } from './radio-meter.js'

export interface RadioMetersOptions extends RadioMeterEvents {
  readonly clock: Clock
  readonly crypto: CryptoPort
  readonly storage: StoragePort
  /** Returns the meters of this device. Asked when they are first needed, and by `update`. */
  meters(): readonly WaterMeter[]
  /** Returns the record headers that somebody has entered. Asked after the start and `updateHeaders`. */
  headers(): readonly RadioHeader[]
}

/** A meter sends every 16 s, so ten minutes of silence mean that it is out of range. */
const SILENT_AFTER = 600_000

/** The radio meters of this device. It picks their telegrams out of all that the concentrator hears. */
export class RadioMeters {
  #options: RadioMetersOptions
  #meters: readonly RadioMeter[] | undefined
  /** The headers that somebody has entered as a text, and with those of all drivers. */
  #entered = ''
  #known = knownWith([])
  #timer: Timer | undefined
  #reading: Timer | undefined

  constructor(options: RadioMetersOptions) {
    this.#options = options
    this.#reading = options.clock.set(() => this.#readLists(), 0)
  }

  /** Reads the list when it is first needed: power-on has enough to read. */
  get meters(): readonly RadioMeter[] {
    return this.#meters ?? this.update()
  }

  /** Call this when the list of meters has changed. Returns the meters. */
  update(): readonly RadioMeter[] {
    const { clock } = this.#options
    const before = this.#meters ?? []
    const listed = this.#options.meters()
    for (const known of before) {
      if (listed.some(({ id }) => id === known.id)) known.save()
      else known.forget()
    }
    const meters = listed.map(
      (meter) => before.find((known) => known.matches(meter)) ?? new RadioMeter(meter, this.#options, this.#known),
    )
    this.#meters = meters
    clock.clear(this.#timer)
    this.#timer = clock.set(() => {
      for (const meter of meters) meter.onSilence(clock.now())
    }, SILENT_AFTER)
    return meters
  }

  /**
   * Call this when the list of headers has changed: it is read in a turn of its own. Nothing is written, and the meters go on
   * from what they have believed.
   */
  updateHeaders(): void {
    const { clock } = this.#options
    clock.clear(this.#reading)
    this.#reading = clock.set(() => this.#readHeaders(), 0)
  }

  #readHeaders(): void {
    const entered = this.#options.headers()
    const text = headersText(entered)
    if (text === this.#entered) return
    this.#entered = text
    this.#known = knownWith(entered)
    for (const meter of this.#meters ?? []) meter.know(this.#known)
  }

  /** @param age seconds; a telegram of unknown age is skipped, because its sample would have no time */
  hear(record: TelegramRecord, age: number | undefined): void {
    if (age === undefined) return
    const { clock } = this.#options
    for (const meter of this.meters)
      if (meter.number === record.meterId) meter.receive(record.frame(), clock.now() - age * 1000)
  }

  save(): void {
    for (const meter of this.#meters ?? []) meter.save()
  }

  close(): void {
    const { clock } = this.#options
    clock.clear(this.#timer)
    clock.clear(this.#reading)
    this.save()
  }

  /** Eight meters and 300 characters of headers take a turn each. */
  #readLists(): void {
    if (this.#meters === undefined) this.update()
    this.updateHeaders()
  }
}
