import type { MeterCount } from '../meters/source.js'
import type { MeterStatistics } from '../meters/statistics.js'
import type {
  ImpulseState,
  PortalChanges,
  PortalDevice,
  PortalState,
  TrialState,
  WaterMeterState,
} from '../portal/device.js'
import { FIELDS } from '../portal/fields.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { FoundNetwork } from '../ports/wifi.js'
import { mergeMeters, metersText, parseMeters, type WaterMeter } from '../radio/meter-list.js'
import type { RadioMeters } from '../radio/radio-meters.js'
import type { Settings, SettingsStore } from '../storage/settings.js'
import { withCredentials } from '../uplink/credentials.js'
import { NO_ADDRESS, NOT_FOUND, REFUSED } from '../uplink/reasons.js'
import type { Station } from '../uplink/station.js'

export interface PortalModelOptions {
  readonly clock: Clock
  readonly version: string
  readonly settings: SettingsStore
  readonly station: Pick<Station, 'status' | 'up' | 'scan' | 'tryCredentials' | 'credentialsChanged'>
  /** Only a meter that counts has it. */
  readonly count: MeterCount | undefined
  readonly statistics: MeterStatistics
  /** Only builds that read radio meters have it. */
  readonly water: RadioMeters | undefined
  /** The water meters that the image brings. */
  readonly builtIn: readonly WaterMeter[]
}

/** What the portal asks and tells. An object, because closures would take more RAM. */
export interface PortalModelHost {
  readonly serial: string
  readonly brokerConnected: boolean
  /** Called when another broker was stored. */
  reconnect(): void
  /** Called when another meter may name the device. */
  onMetersChanged(): void
}

const BROKER_DEADLINE = 20_000

/** The state of the device that the portal shows, and the changes that it makes. */
export class PortalModel implements PortalDevice {
  #options: PortalModelOptions
  #host: PortalModelHost
  /** Number of the current trial. Callbacks of an older one are ignored. */
  #trial = 0
  /** Ends the trial that waits for the broker. */
  #endCall: ((state: TrialState) => void) | undefined
  #timer: Timer | undefined

  constructor(options: PortalModelOptions, host: PortalModelHost) {
    this.#options = options
    this.#host = host
  }

  state(): PortalState {
    const { version, settings, station, statistics } = this.#options
    const { ssid, portalPassword } = settings.values
    return {
      version,
      serial: this.#host.serial,
      ssid,
      wifiStatus: station.status,
      online: station.up,
      brokerConnected: this.#host.brokerConnected,
      hasPortalPassword: portalPassword !== '',
      values: shown(settings.values),
      meter: statistics.state(),
      impulse: this.#impulse(),
      waterMeters: this.#waterMeters(),
    }
  }

  update(changes: PortalChanges): void {
    const { settings, count } = this.#options
    const { impulseReading, ...others } = changes
    const before = settings.values
    const perUnit = others.impulsesPerUnit ?? before.impulsesPerUnit
    // The meter's reading does not change with the number of impulses.
    if (count !== undefined) others.impulseStart = count.startFor(impulseReading ?? count.reading, perUnit)
    settings.update(others)
    if (settings.values.mqttHost !== before.mqttHost) this.#host.reconnect()
    if (settings.values.impulseSerial !== before.impulseSerial) this.#host.onMetersChanged()
  }

  setWaterMeter(id: string, key: Uint8Array): 'tooMany' | 'builtIn' | undefined {
    const { builtIn } = this.#options
    if (builtIn.some((meter) => meter.id === id)) return 'builtIn'
    const meters = [...this.#storedMeters().filter((meter) => meter.id !== id), { id, key }]
    // Refuse the meter rather than drop another one silently.
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
    this.close()
    const trial = this.#trial
    onState('joining')
    this.#options.station.tryCredentials({ ssid, password: password ?? this.#storedPassword(ssid) }, (reason) => {
      if (trial !== this.#trial) return
      if (reason !== undefined) return onState(stateOf(reason), reason)
      onState('calling')
      this.#waitForBroker(onState)
    })
  }

  /** Tells the model that the broker has accepted a connection. */
  onBrokerConnected(): void {
    this.#endCall?.('connected')
  }

  keepNetwork(ssid: string, password: string | undefined): void {
    const { settings, station } = this.#options
    settings.update(withCredentials(settings.values, { ssid, password: password ?? this.#storedPassword(ssid) }))
    station.credentialsChanged()
  }

  /** Silences the trial in progress. */
  close(): void {
    this.#trial++
    this.#endCall = undefined
    this.#options.clock.clear(this.#timer)
  }

  #impulse(): ImpulseState | undefined {
    const { count } = this.#options
    return count && { reading: count.reading, unit: count.unit }
  }

  #waterMeters(): readonly WaterMeterState[] | undefined {
    const { clock, water, builtIn } = this.#options
    return water?.meters.map(({ id, key, lastReading }) => {
      const total = lastReading?.reading.quantities.v1 ?? lastReading?.reading.quantities.e1
      return {
        id,
        total: total && `${total.value} ${total.unit}`,
        age: lastReading && Math.floor((clock.now() - lastReading.at) / 1000),
        error: key === 'wrong' ? 'wrong key' : undefined,
        builtIn: builtIn.some((meter) => meter.id === id),
      }
    })
  }

  #storedPassword(ssid: string): string {
    const { values } = this.#options.settings
    return ssid === values.ssid ? values.password : ''
  }

  #waitForBroker(onState: (state: TrialState) => void): void {
    const { clock } = this.#options
    if (this.#host.brokerConnected) return onState('connected')
    this.#endCall = (state) => {
      this.close()
      onState(state)
    }
    this.#timer = clock.set(() => this.#endCall?.('no-broker'), BROKER_DEADLINE)
  }

  #storedMeters(): readonly WaterMeter[] {
    const stored = parseMeters(this.#options.settings.values.waterMeters.join(','))
    return stored.ok ? stored.value : []
  }

  #storeMeters(meters: readonly WaterMeter[]): void {
    const { settings, water } = this.#options
    settings.update({ waterMeters: meters.map((meter) => metersText([meter])) })
    water?.update()
    this.#host.onMetersChanged()
  }
}

/** The stored values of all rows, except secrets. */
function shown(settings: Readonly<Settings>): Partial<Settings> {
  const values: Record<string, unknown> = {}
  for (const { setting, secret } of FIELDS)
    if (!secret && setting in settings) values[setting] = settings[setting as keyof Settings]
  return values
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
