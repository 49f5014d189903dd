import { Concentrator } from '../ble/concentrator.js'
import type { Meter, Reading } from '../meters/meter.js'
import { Sampler } from '../meters/sampler.js'
import { MeterLog } from '../meters/statistics.js'
import { mergeMeters, parseMeters } from '../radio/meter-list.js'
import { RadioMeters } from '../radio/radio-meters.js'
import type { SettingsStore } from '../storage/settings.js'
import type { Flags } from './flags.js'
import { createMeter, type MeterPorts } from './meter.js'
import type { Ports } from './ports.js'

export interface MeteringOptions {
  readonly ports: Ports & MeterPorts
  readonly flags: Flags
  readonly settings: SettingsStore
  readonly random: () => number
  /** Seconds on any clock, unix time where there is one; for made-up data. */
  seconds(): number
  /** The meter that names the device has told something, at this moment of the monotonic clock. */
  onReading(reading: Reading, at: number): void
  /** The meter on the line has not. */
  onFailure(error: string): void
  /** A radio meter has told something. */
  onRadioReading(reading: Reading, at: number): void
  /** What a radio meter is like, as text. */
  onInfo(serial: string, text: string, at: number): void
  onBattery(millivolt: number): void
}

const FIRST_SAMPLE_AFTER_CONNECT = 1_100

/** Every meter of this device: one that is asked or counts, and the radio meters that its concentrator hears. */
export class Metering {
  readonly statistics: MeterLog
  readonly meter: Meter
  /** In builds that read radio meters, on a host that has BLE. */
  readonly radio: RadioMeters | undefined
  #sampler: Sampler
  #concentrator: Concentrator | undefined

  constructor(options: MeteringOptions) {
    const { ports, flags, settings, random, onFailure } = options
    const { clock, crypto, storage, ble, log } = ports
    this.statistics = new MeterLog(clock)
    this.meter = createMeter(ports, flags, () => settings.values, options.seconds)
    this.#sampler = new Sampler({
      clock,
      meter: this.meter,
      onReading: (reading, at) => {
        this.statistics.onReading(reading, at)
        options.onReading(reading, at)
      },
      onFailure: (error) => {
        log(`meter: ${error}`)
        this.statistics.onFailure(error)
        onFailure(error)
      },
    })
    if (ble === undefined) return
    const radio = new RadioMeters({
      clock,
      crypto,
      storage,
      meters: () => {
        const stored = parseMeters(settings.values.waterMeters.join(','))
        if (!stored.ok) log(`settings: ${stored.error}`)
        return mergeMeters(flags.waterMeters, stored.ok ? stored.value : [])
      },
      onReading: options.onRadioReading,
      onInfo: options.onInfo,
    })
    this.radio = radio
    this.#concentrator = new Concentrator({
      ble,
      clock,
      random,
      log,
      name: () => flags.concentrator ?? settings.values.concentrator,
      onTelegram: (record, age) => radio.hear(record, age),
      onBattery: options.onBattery,
    })
  }

  start(): void {
    this.#sampler.start()
    this.#concentrator?.resume()
  }

  close(): void {
    this.#sampler.stop()
    this.#concentrator?.close()
    this.radio?.close()
  }

  /** The broker is there: a sample is taken soon, and the minute counted anew. */
  onConnected(): void {
    this.#sampler.restart(FIRST_SAMPLE_AFTER_CONNECT)
  }

  /** Gives the radio to somebody else for a while: BLE and the access point share it. */
  pauseRadio(isPaused: boolean): void {
    if (isPaused) this.#concentrator?.pause()
    else this.#concentrator?.resume()
  }

  /** Writes what is counted and learned. */
  save(): void {
    this.meter.save?.()
    this.radio?.save()
  }
}
