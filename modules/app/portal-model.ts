import type { MeterCount } from '../meters/source.js'
import type { MeterState, MeterStatistics } from '../meters/statistics.js'
import type { ImpulseState, PortalChanges, PortalDevice, TrialState, WaterMeterState } from '../portal/device.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { FoundNetwork } from '../ports/wifi.js'
import { mergeMeters, metersText, parseMeters, type WaterMeter } from '../radio/meter-list.js'
import type { WaterMeters } from '../radio/water-meters.js'
import type { SettingsStore } from '../storage/settings.js'
import { withCredentials } from '../uplink/credentials.js'
import { NO_ADDRESS, NOT_FOUND, REFUSED, type Station } from '../uplink/station.js'

export interface SetUpOptions {
  readonly clock: Clock
  readonly version: string
  readonly settings: SettingsStore
  readonly station: Station
  /** Of a meter that counts. */
  readonly count: MeterCount | undefined
  readonly statistics: MeterStatistics
  /** In builds that read radio meters. */
  readonly water: WaterMeters | undefined
  /** Those that the image brings. */
  readonly builtIn: readonly WaterMeter[]
  serial(): string
  brokerConnected(): boolean
  /** Another broker is stored. */
  reconnect(): void
  /** The meter that names the device may be another. */
  onMetersChanged(): void
}

const LOOK_FOR_BROKER = 500
const BROKER_DEADLINE = 20_000

/** What the portal can see and change of the device. */
export class SetUp implements PortalDevice {
  readonly version: string
  #options: SetUpOptions
  /** Callbacks of a trial that another one has replaced are late. */
  #trial = 0
  #timer: Timer | undefined

  constructor(options: SetUpOptions) {
    this.#options = options
    this.version = options.version
  }

  get serial(): string {
    return this.#options.serial()
  }

  get ssid(): string {
    return this.#options.settings.values.ssid
  }

  get wifiStatus(): string {
    return this.#options.station.status
  }

  get online(): boolean {
    return this.#options.station.up
  }

  get mqttHost(): string {
    return this.#options.settings.values.mqttHost
  }

  get brokerConnected(): boolean {
    return this.#options.brokerConnected()
  }

  get hasPortalPassword(): boolean {
    return this.#options.settings.values.portalPassword !== ''
  }

  get impulse(): ImpulseState | undefined {
    const { count, settings } = this.#options
    if (count === undefined) return undefined
    const { reading, unit, perUnit } = count
    return { serial: settings.values.impulseSerial || this.serial, reading, unit, perUnit }
  }

  get waterMeters(): readonly WaterMeterState[] | undefined {
    const { clock, water, builtIn } = this.#options
    return water?.meters.map(({ id, key, lastReading }) => {
      const total = lastReading?.reading.quantities.v1
      return {
        id,
        total: total && `${total.value} ${total.unit}`,
        age: lastReading && Math.floor((clock.now() - lastReading.at) / 1000),
        error: key === 'wrong' ? 'wrong key' : undefined,
        builtIn: builtIn.some((meter) => meter.id === id),
      }
    })
  }

  meter(): MeterState {
    return this.#options.statistics.state()
  }

  update(changes: PortalChanges): void {
    const { settings, count, reconnect, onMetersChanged } = this.#options
    const { mqttHost, portalPassword, impulseSerial, impulseReading, impulsesPerUnit } = changes
    const before = settings.values
    const perUnit = impulsesPerUnit ?? before.impulsesPerUnit
    settings.update({
      mqttHost: mqttHost ?? before.mqttHost,
      portalPassword: portalPassword ?? before.portalPassword,
      impulseSerial: impulseSerial ?? before.impulseSerial,
      impulsesPerUnit: perUnit,
      // What the meter shows does not change with the number of impulses.
      impulseStart: count?.startFor(impulseReading ?? count.reading, perUnit) ?? before.impulseStart,
    })
    if (settings.values.mqttHost !== before.mqttHost) reconnect()
    if (settings.values.impulseSerial !== before.impulseSerial) onMetersChanged()
  }

  setWaterMeter(id: string, key: Uint8Array): 'tooMany' | 'builtIn' | undefined {
    const { builtIn } = this.#options
    if (builtIn.some((meter) => meter.id === id)) return 'builtIn'
    const meters = [...this.#storedMeters().filter((meter) => meter.id !== id), { id, key }]
    // None is to be left out.
    if (mergeMeters(builtIn, meters).length < new Set([...builtIn, ...meters].map((meter) => meter.id)).size)
      return 'tooMany'
    this.#storeMeters(meters)
    return undefined
  }

  removeWaterMeter(id: string): void {
    this.#storeMeters(this.#storedMeters().filter((meter) => meter.id !== id))
  }

  scan(onFound: (network: FoundNetwork) => void, onDone: () => void): void {
    this.#options.station.scan(onFound, onDone)
  }

  tryNetwork(ssid: string, password: string | undefined, onState: (state: TrialState, reason?: string) => void): void {
    const trial = ++this.#trial
    onState('joining')
    this.#options.station.tryCredentials({ ssid, password: password ?? this.#storedPassword(ssid) }, (reason) => {
      if (trial !== this.#trial) return
      if (reason !== undefined) return onState(stateOf(reason), reason)
      onState('calling')
      this.#waitForBroker(trial, BROKER_DEADLINE, onState)
    })
  }

  keepNetwork(ssid: string, password: string | undefined): void {
    const { settings, station } = this.#options
    settings.update(withCredentials(settings.values, { ssid, password: password ?? this.#storedPassword(ssid) }))
    station.credentialsChanged()
  }

  /** Ends a trial that is under way. */
  close(): void {
    this.#trial++
    this.#options.clock.clear(this.#timer)
  }

  #storedPassword(ssid: string): string {
    const { values } = this.#options.settings
    return ssid === values.ssid ? values.password : ''
  }

  #waitForBroker(trial: number, ms: number, onState: (state: TrialState) => void): void {
    if (trial !== this.#trial) return
    if (this.brokerConnected) return onState('connected')
    if (ms <= 0) return onState('no-broker')
    const { clock } = this.#options
    this.#timer = clock.set(() => this.#waitForBroker(trial, ms - LOOK_FOR_BROKER, onState), LOOK_FOR_BROKER)
  }

  #storedMeters(): readonly WaterMeter[] {
    const stored = parseMeters(this.#options.settings.values.waterMeters.join(','))
    return stored.ok ? stored.value : []
  }

  #storeMeters(meters: readonly WaterMeter[]): void {
    const { settings, water, onMetersChanged } = this.#options
    settings.update({ waterMeters: meters.map((meter) => metersText([meter])) })
    water?.update()
    onMetersChanged()
  }
}

function stateOf(reason: string): TrialState {
  switch (reason) {
    case REFUSED:
      return 'wrong-password'
    case NOT_FOUND:
      return 'not-found'
    case NO_ADDRESS:
      return 'no-address'
    default:
      return 'failed'
  }
}
