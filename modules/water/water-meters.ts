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
  readonly meters: readonly WaterMeter[]
}

/** A meter sends every 16 s. */
const SILENT_AFTER = 600_000

/** The radio meters of this device, out of all that its concentrator hears. */
export class WaterMeters {
  readonly meters: readonly RadioMeter[]
  #clock: Clock
  #timer: Timer | undefined

  constructor(options: WaterMetersOptions) {
    const { clock, meters } = options
    this.#clock = clock
    this.meters = meters.map((meter) => new RadioMeter(meter, options))
    this.#timer = clock.set(() => {
      for (const meter of this.meters) meter.onSilence(clock.now())
    }, SILENT_AFTER)
  }

  /** @param age seconds; without it the telegram's sample would have no time, and it is passed over */
  onTelegram(record: TelegramRecord, age: number | undefined): void {
    if (age === undefined) return
    for (const meter of this.meters)
      if (meter.number === record.meterId) meter.onTelegram(record.frame(), this.#clock.now() - age * 1000)
  }

  save(): void {
    for (const meter of this.meters) meter.save()
  }

  close(): void {
    this.#clock.clear(this.#timer)
    this.save()
  }
}
