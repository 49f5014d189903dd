import { Concentrator } from '../ble/concentrator.js'
import type { Reading } from '../meters/meter.js'
import type { MeterSource } from '../meters/source.js'
import type { BlePort } from '../ports/ble.js'
import type { Clock } from '../ports/clock.js'
import type { CryptoPort } from '../ports/crypto.js'
import type { StoragePort } from '../ports/storage.js'
import type { SlotError } from '../storage/slots.js'
import type { RadioHeader } from './header-list.js'
import type { WaterMeter } from './meter-list.js'
import { RadioMeters } from './radio-meters.js'

export interface RadioSourceOptions {
  readonly ble: BlePort
  readonly clock: Clock
  readonly crypto: CryptoPort
  readonly storage: StoragePort
  readonly random: () => number
  /** Serial number while the list of meters is empty. */
  serial(): string
  /** How the concentrator's name begins. */
  name(): string
  /** The radio meters of this device, of this moment. */
  meters(): readonly WaterMeter[]
  /** The record headers that somebody has entered, as they are at this moment. */
  headers(): readonly RadioHeader[]
  onReading(reading: Reading, at: number): void
  /** What a meter says of itself, as text. */
  onInfo(serial: string, text: string, at: number): void
  onBattery(millivolt: number): void
  onFlashError(error: SlotError): void
  log(text: string): void
}

/** The radio meters that a concentrator hears. They talk by themselves. */
export class RadioSource implements MeterSource {
  readonly meters: RadioMeters
  #concentrator: Concentrator
  #serial: () => string

  constructor({ ble, clock, crypto, storage, random, serial, name, meters, headers, ...events }: RadioSourceOptions) {
    const { onReading, onInfo, onBattery, onFlashError, log } = events
    this.#serial = serial
    this.meters = new RadioMeters({ clock, crypto, storage, meters, headers, onReading, onInfo, onFlashError })
    this.#concentrator = new Concentrator({
      ble,
      clock,
      random,
      log,
      name,
      onTelegram: (record, age) => this.meters.hear(record, age),
      onBattery,
    })
  }

  /** The number of the first meter on the list. */
  get serial(): string {
    return this.meters.meters[0]?.id ?? this.#serial()
  }

  start(): void {
    this.#concentrator.resume()
  }

  /** Gives the radio to somebody else for a while: BLE and the access point share it. */
  pause(isPaused: boolean): void {
    if (isPaused) this.#concentrator.pause()
    else this.#concentrator.resume()
  }

  save(): void {
    this.meters.save()
  }

  close(): void {
    this.#concentrator.close()
    this.meters.close()
  }
}
