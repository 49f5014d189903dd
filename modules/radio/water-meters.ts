import type { TelegramRecord } from '../ble/record.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { CryptoPort } from '../ports/crypto.js'
import type { StoragePort } from '../ports/storage.js'
import type { WaterMeter } from './meter-list.js'
import { RadioMeter, type RadioMeterEvents } from './radio-meter.js'

export interface WaterMetersOptions extends RadioMeterEvents {
  readonly clock: Clock
  readonly crypto: CryptoPort
  readonly storage: StoragePort
  /** Asked at the start and by `update`. */
  meters(): readonly WaterMeter[]
}

/** A meter sends every 16 s. */
const SILENT_AFTER = 600_000

/** The radio meters of this device, out of all that its concentrator hears. */
export class WaterMeters {
  #options: WaterMetersOptions
  #meters: readonly RadioMeter[] = []
  #timer: Timer | undefined

  constructor(options: WaterMetersOptions) {
    this.#options = options
    this.update()
  }

  get meters(): readonly RadioMeter[] {
    return this.#meters
  }

  /** The list of meters has changed. */
  update(): void {
    const { clock } = this.#options
    this.save()
    this.#meters = this.#options
      .meters()
      .map((meter) => this.#meters.find((known) => known.is(meter)) ?? new RadioMeter(meter, this.#options))
    clock.clear(this.#timer)
    this.#timer = clock.set(() => {
      for (const meter of this.#meters) meter.onSilence(clock.now())
    }, SILENT_AFTER)
  }

  /** @param age seconds; without it the telegram's sample would have no time, and it is passed over */
  onTelegram(record: TelegramRecord, age: number | undefined): void {
    if (age === undefined) return
    const { clock } = this.#options
    for (const meter of this.#meters)
      if (meter.number === record.meterId) meter.onTelegram(record.frame(), clock.now() - age * 1000)
  }

  save(): void {
    for (const meter of this.#meters) meter.save()
  }

  close(): void {
    this.#options.clock.clear(this.#timer)
    this.save()
  }
}
