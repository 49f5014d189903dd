import type { Valve } from '../control/valve/valve.js'
import type { Delivery } from '../delivery/delivery.js'
import { Kind } from '../delivery/topics.js'
import type { StatusLight } from '../led/status-light.js'
import { HEAT_METER_QUANTITIES } from '../meters/driver.js'
import type { QuantityName, Reading } from '../meters/meter.js'
import { sampleText } from '../meters/sample-text.js'
import { SteadySerial } from '../meters/steady-serial.js'
import type { Clock } from '../ports/clock.js'
import type { SystemPort } from '../ports/system.js'
import type { SettingsStore } from '../storage/settings-store.js'
import type { Flags } from './flags.js'
import type { Identity } from './identity.js'
import type { MeteringHost } from './metering.js'

export interface ReadingsOptions {
  readonly clock: Clock
  readonly flags: Flags
  readonly settings: SettingsStore
  readonly identity: Identity
  readonly delivery: Delivery
  readonly valve: Valve
  readonly light: StatusLight
  readonly system: SystemPort
  log(text: string): void
}

/** How long the light flashes when the meter has not answered. */
const FAILURE_FLASH = 1_000

/** The way of what meters tell. A reading names the device, becomes a sample, and reaches the valve last. */
export class Readings implements MeteringHost {
  #options: ReadingsOptions
  #steadySerial = new SteadySerial()

  constructor(options: ReadingsOptions) {
    this.#options = options
  }

  /** Takes a reading of the meter that names the device. @param at ms of the monotonic clock */
  onReading(reading: Reading, at: number): void {
    const { flags, settings, identity, valve, log } = this.#options
    const { driver, flowMeter } = flags
    const known = driver.tellsSerial ? settings.values.serial : reading.serial
    const readings = this.#steadySerial.take(reading, at, known)
    if (readings.length === 0) log(`meter: serial number ${reading.serial}, not ${known}`)
    for (const one of readings) {
      identity.use(one.reading.serial)
      if (driver.tellsSerial) this.#storeSerial(one.reading.serial)
      this.#sample(identity.serial, one.reading, one.at, flowMeter ? driver.quantities.flow : driver.quantities.heat)
      if (driver.hasValve) valve.onReading(one.reading, one.at)
    }
  }

  /** Without an answer of the meter the device takes the name that it knows. */
  onFailure(): void {
    const { flags, identity, light } = this.#options
    if (flags.driver.flashesOnFailure) light.flash(FAILURE_FLASH)
    identity.useKnown()
  }

  /** Takes a reading of a radio meter beside the device's own meter. Its samples go under the radio meter's number. */
  onRadioReading(reading: Reading, at: number): void {
    this.#sample(reading.serial, reading, at, HEAT_METER_QUANTITIES.heat)
  }

  onInfo(serial: string, text: string, at: number): void {
    this.#options.delivery.message(Kind.MeterInfo, serial, at, text)
  }

  /** Publishes the charge of the concentrator's battery, once the device has its name. */
  onBattery(millivolt: number): void {
    const { clock, identity, delivery } = this.#options
    const { serial } = identity
    if (serial !== '') delivery.message('concentrator', serial, clock.now(), `battery=${millivolt} mV&`)
  }

  /** The first is written at once; others may come from a meter that tells one number after the other. */
  #storeSerial(serial: string): void {
    const { settings } = this.#options
    if (settings.values.serial === '') settings.update({ serial })
    else settings.updateSlowly({ serial })
  }

  #sample(serial: string, reading: Reading, at: number, order: readonly QuantityName[]): void {
    const { delivery, system } = this.#options
    delivery.sample(serial, at, sampleText(reading, system.freeHeap(), order))
  }
}
