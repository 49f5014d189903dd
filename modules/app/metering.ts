import type { MeterPorts } from '../meters/driver.js'
import type { Reading } from '../meters/meter.js'
import { inServerUnits } from '../meters/server-units.js'
import type { MeterEvents, MeterSource } from '../meters/source.js'
import { MeterStatistics } from '../meters/statistics.js'
import { mergeHeaders, parseHeaders, type RadioHeader } from '../radio/header-list.js'
import { mergeMeters, parseMeters, type WaterMeter } from '../radio/meter-list.js'
import { RadioSource } from '../radio/source.js'
import type { SettingsStore } from '../storage/settings-store.js'
import type { SlotError } from '../storage/slots.js'
import type { Flags } from './flags.js'
import type { Ports } from './ports.js'

export interface MeteringOptions {
  readonly ports: Ports
  readonly light: MeterPorts['light']
  readonly flags: Flags
  readonly settings: SettingsStore
  readonly random: () => number
  /** Seconds on any clock, unix time where it is known. */
  seconds(): number
  onFlashError(error: SlotError): void
}

/** What the meters tell. An object, because closures would take more RAM. */
export interface MeteringHost extends MeterEvents {
  /** A radio meter beside the meter that names the device has told a reading. */
  onRadioReading(reading: Reading, at: number): void
  /** What a radio meter says of itself, as text. */
  onInfo(serial: string, text: string, at: number): void
  onBattery(millivolt: number): void
}

/** Every meter of this device: the one that names it, and the radio meters that its concentrator hears. */
export class Metering {
  readonly statistics: MeterStatistics
  /** The meter that names the device. */
  readonly source: MeterSource
  /** In builds that read radio meters, on a host that has BLE. */
  readonly radio: RadioSource | undefined
  #options: MeteringOptions
  #host: MeteringHost

  constructor(options: MeteringOptions, host: MeteringHost) {
    const { ports, light, flags, settings, seconds, onFlashError } = options
    const { clock, serial, impulses, storage } = ports
    this.#options = options
    this.#host = host
    this.statistics = new MeterStatistics(ports.clock)
    this.radio = this.#createRadio()
    this.source = flags.driver.create(
      { clock, serial, impulses, storage, radio: this.radio, light, onFlashError },
      {
        flow: flags.flowMeter,
        get serial() {
          return flags.serial
        },
        model: flags.model,
        settings: () => settings.values,
        seconds,
        onReading: (reading, at) => this.#onReading(reading, at),
        onFailure: (error) => {
          ports.log(`meter: ${error}`)
          this.statistics.onFailure(error)
          host.onFailure(error)
        },
      },
    )
  }

  start(): void {
    this.source.start()
    if (this.radio !== this.source) this.radio?.start()
  }

  close(): void {
    this.source.close()
    if (this.radio !== this.source) this.radio?.close()
  }

  /** The broker is connected. */
  onConnected(): void {
    this.source.onConnected?.()
  }

  /** Writes what is counted and learned. */
  save(): void {
    this.source.save?.()
    if (this.radio !== this.source) this.radio?.save()
  }

  #onReading(reading: Reading, at: number): void {
    const converted = inServerUnits(reading)
    this.statistics.onReading(converted, at)
    this.#host.onReading(converted, at)
  }

  #createRadio(): RadioSource | undefined {
    const { ports, flags, settings, random, onFlashError } = this.#options
    const { ble, clock, crypto, storage } = ports
    if (ble === undefined) return undefined
    return new RadioSource({
      ble,
      clock,
      crypto,
      storage,
      random,
      serial: () => flags.serial,
      name: () => flags.concentrator ?? settings.values.concentrator,
      meters: () => this.#radioMeters(),
      headers: () => this.#radioHeaders(),
      onReading: (reading, at) => {
        const namesDevice = this.source === this.radio && reading.serial === this.source.serial
        if (namesDevice) this.#onReading(reading, at)
        else this.#host.onRadioReading(reading, at)
      },
      onInfo: (id, text, at) => this.#host.onInfo(id, text, at),
      onBattery: (millivolt) => this.#host.onBattery(millivolt),
      onFlashError,
      log: (text) => ports.log(text),
    })
  }

  /** The meters that the image brings go before those of set-up. */
  #radioMeters(): readonly WaterMeter[] {
    const { ports, flags, settings } = this.#options
    const stored = parseMeters(settings.values.waterMeters.join(','))
    if (!stored.ok) ports.log(`settings: ${stored.error}`)
    return mergeMeters(flags.waterMeters, stored.ok ? stored.value : [])
  }

  #radioHeaders(): readonly RadioHeader[] {
    const { ports, flags, settings } = this.#options
    const stored = parseHeaders(settings.values.radioHeaders)
    if (!stored.ok) ports.log(`settings: ${stored.error}`)
    return mergeHeaders(flags.radioHeaders, stored.ok ? stored.value : [])
  }
}
