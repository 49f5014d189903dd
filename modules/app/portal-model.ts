import { ImpulseMeter } from '../impulse/meter.js'
import type { Meter } from '../meters/meter.js'
import type { MeterLog } from '../meters/statistics.js'
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
  readonly meter: Meter
  readonly meterLog: MeterLog
  /** Whether samples are those of a flow meter. */
  readonly flow: boolean
  /** Only builds that read radio meters have it. */
  readonly water: RadioMeters | undefined
  /** The water meters that the image brings. */
  readonly builtIn: readonly WaterMeter[]
  serial(): string
  brokerConnected(): boolean
  /** Called when another broker was stored. */
  reconnect(): void
  /** Called when another meter may name the device. */
  onMetersChanged(): void
}

const BROKER_DEADLINE = 20_000

/** The state of the device that the portal shows, and the changes that it makes. */
export class PortalModel implements PortalDevice {
  #options: PortalModelOptions
  /** Number of the current trial. Callbacks of an older one are ignored. */
  #trial = 0
  /** Ends the trial that waits for the broker. */
  #endCall: ((state: TrialState) => void) | undefined
  #timer: Timer | undefined

  constructor(options: PortalModelOptions) {
    this.#options = options
  }

  state(): PortalState {
    const { version, settings, station, meterLog, serial, brokerConnected } = this.#options
    const { ssid, portalPassword } = settings.values
    return {
      version,
      serial: serial(),
      ssid,
      wifiStatus: station.status,
      online: station.up,
      brokerConnected: brokerConnected(),
      hasPortalPassword: portalPassword !== '',
      values: shown(settings.values),
      meter: meterLog.state(),
      impulse: this.#impulse(),
      waterMeters: this.#waterMeters(),
    }
  }

  update(changes: PortalChanges): void {
    const { settings, meter, reconnect, onMetersChanged } = this.#options
    const { impulseReading, ...others } = changes
    const before = settings.values
    const perUnit = others.impulsesPerUnit ?? before.impulsesPerUnit
    // The meter's reading does not change with the number of impulses.
    if (meter instanceof ImpulseMeter) others.impulseStart = meter.startFor(impulseReading ?? meter.total, perUnit)
    settings.update(others)
    if (settings.values.mqttHost !== before.mqttHost) reconnect()
    if (settings.values.impulseSerial !== before.impulseSerial) onMetersChanged()
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
    const { meter, flow } = this.#options
    return meter instanceof ImpulseMeter ? { reading: meter.total, unit: flow ? 'm3' : 'kWh' } : undefined
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
    const { clock, brokerConnected } = this.#options
    if (brokerConnected()) return onState('connected')
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
    const { settings, water, onMetersChanged } = this.#options
    settings.update({ waterMeters: meters.map((meter) => metersText([meter])) })
    water?.update()
    onMetersChanged()
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
