import type {
  Diagnosis,
  FlashState,
  ImpulseState,
  PortalChanges,
  PortalDevice,
  PortalState,
  SetUpForm,
  TrialState,
} from '../portal/device.js'
import { FIELDS } from '../portal/fields.js'
import type { Timer } from '../ports/clock.js'
import type { FoundNetwork } from '../ports/wifi.js'
import type { Settings } from '../storage/settings.js'
import { brokersOf, isSameBroker, keepsPassword, withBroker } from '../uplink/brokers.js'
import { withCredentials } from '../uplink/credentials.js'
import type { PortalModelHost, PortalModelOptions } from './portal-host.js'
import { PortalMeters } from './portal-meters.js'
import { PortalService } from './portal-service.js'
import { trialStateOf } from './trial-state.js'

const BROKER_DEADLINE = 20_000

/** The state of the device that the portal shows, and the changes that it makes. */
export class PortalModel implements PortalDevice {
  #options: PortalModelOptions
  #host: PortalModelHost
  #meters: PortalMeters
  #service: PortalService
  /** Number of the current trial. Callbacks of an older one are ignored. */
  #trial = 0
  /** Ends the trial that waits for the broker. */
  #endCall: ((state: TrialState) => void) | undefined
  #timer: Timer | undefined

  constructor(options: PortalModelOptions, host: PortalModelHost) {
    this.#options = options
    this.#host = host
    this.#meters = new PortalMeters(options, () => host.onMetersChanged())
    this.#service = new PortalService(options, host)
  }

  state(): PortalState {
    const { version, settings, station, statistics, hasBuildPassword, provisioning, hasTls } = this.#options
    const { ssid, portalPassword } = settings.values
    return {
      version,
      serial: this.#host.serial,
      ssid,
      wifiStatus: station.status,
      network: station.network?.ssid,
      brokerConnected: this.#host.brokerConnected,
      brokerRefusesCommands: this.#host.brokerRefusesCommands,
      previousBroker: this.#host.usesPreviousBroker ? settings.values.previousMqttHost : undefined,
      hasPortalPassword: portalPassword !== '',
      hasBuildPassword,
      isRestarting: this.#service.isRestarting,
      key: provisioning.key,
      hasTls,
      values: shown(settings.values),
      meter: statistics.state(),
      impulse: this.#impulse(),
      waterMeters: this.#meters.state(),
    }
  }

  flash(): FlashState {
    const { settings, delivery } = this.#options
    return { settings: settings.flash, journal: delivery.flash }
  }

  update(changes: PortalChanges): void {
    const { settings } = this.#options
    const before = settings.values
    settings.update(this.#settingsOf(changes))
    this.#onStored(before)
    this.#callIfOther(before)
  }

  setWaterMeter(id: string, key: Uint8Array): 'tooMany' | 'builtIn' | undefined {
    return this.#meters.set(id, key)
  }

  removeWaterMeter(id: string): void {
    this.#meters.remove(id)
  }

  scan(onFound: (network: FoundNetwork) => void, onDone: () => void): void {
    this.#options.station.scan(onFound, onDone)
  }

  needsBrokerPassword(form: SetUpForm): boolean {
    const { values } = this.#options.settings
    const { mqttHost = values.mqttHost, mqttPassword } = form
    if (mqttPassword !== undefined || mqttHost !== values.mqttHost) return false
    return values.mqttPassword !== '' && !keepsPassword(values, form)
  }

  tryForm(form: SetUpForm, onState: (state: TrialState, reason?: string) => void): void {
    this.#silence()
    const { settings, station } = this.#options
    const { ssid, password = this.#storedPassword(ssid), ...others } = form
    const trial = this.#trial
    let before = settings.values
    onState('joining')
    station.tryCredentials(
      { ssid, password },
      () => {
        before = settings.values
        return this.#settingsOf(others)
      },
      (reason) => {
        if (reason === undefined) this.#onStored(before)
        if (trial !== this.#trial) return
        if (reason !== undefined) return onState(trialStateOf(reason), reason)
        onState('calling')
        this.#waitForBroker(onState)
      },
      () => {
        if (trial === this.#trial) onState('addressing')
      },
    )
  }

  standardBroker(): string | undefined {
    return this.#service.standardBroker()
  }

  useStandardBroker(): void {
    this.update(this.#service.buildBroker())
  }

  restart(): void {
    this.#service.restart()
  }

  reset(): boolean {
    return this.#service.reset()
  }

  diagnosis(): Diagnosis {
    return this.#service.diagnosis()
  }

  /** Tells the model that the stored broker has answered. */
  onBrokerAnswered(): void {
    this.#endCall?.('connected')
  }

  keepForm({ ssid, password = this.#storedPassword(ssid), ...others }: SetUpForm): void {
    const { settings, station } = this.#options
    const before = settings.values
    const { key } = this.#options.provisioning
    settings.update({ ...withCredentials(before, { ssid, password }), ...this.#settingsOf(others) })
    this.#onStored(before)
    if (key === this.#options.provisioning.key) this.#callIfOther(before)
    else this.#host.brokerChanged()
    station.credentialsChanged()
  }

  close(): void {
    this.#silence()
    this.#meters.close()
    this.#service.close()
  }

  /** Nothing more is told of the trial in progress. */
  #silence(): void {
    this.#trial++
    this.#endCall = undefined
    this.#options.clock.clear(this.#timer)
  }

  #impulse(): ImpulseState | undefined {
    const { count } = this.#options
    return count && { reading: count.reading, unit: count.unit }
  }

  #storedPassword(ssid: string): string {
    const { values } = this.#options.settings
    return ssid === values.ssid ? values.password : ''
  }

  /** The settings that these changes make. The device's own key among them is stored at once. */
  #settingsOf(changes: PortalChanges): Partial<Settings> {
    const { settings, count } = this.#options
    const { values } = settings
    const { masterKey, ownSerial, impulseReading, ...rest } = changes
    const { mqttHost, mqttPort, mqttUser, mqttPassword, mqttCertificate, ...others } = rest
    if (masterKey !== undefined) this.#takeKey(masterKey, ownSerial)
    const perUnit = others.impulsesPerUnit ?? values.impulsesPerUnit
    // The meter's reading does not change with the number of impulses.
    if (count !== undefined) {
      const impulseStart = count.startFor(impulseReading ?? count.reading, perUnit)
      others.impulseStart = impulseStart
      // With the start alone in flash, the meter would show too little after a power cut.
      if (impulseStart !== values.impulseStart && settings.flash === 'works') count.save()
    }
    const broker = {
      host: mqttHost ?? values.mqttHost,
      port: mqttPort ?? values.mqttPort,
      user: mqttUser ?? values.mqttUser,
      password: mqttPassword ?? (keepsPassword(values, changes) ? values.mqttPassword : ''),
      certificate: mqttCertificate ?? values.mqttCertificate,
    }
    return { ...others, ...withBroker(values, broker) }
  }

  #takeKey(key: string, serial: string | undefined): void {
    if (this.#options.provisioning.take(key, serial) && serial !== undefined) this.#host.onNumbered()
  }

  /** Passes on what the new settings change. */
  #onStored(before: Readonly<Settings>): void {
    const { values } = this.#options.settings
    if (values.impulseSerial !== before.impulseSerial) this.#host.onMetersChanged()
    if (values.radioHeaders !== before.radioHeaders) this.#options.water?.updateHeaders()
  }

  /** Calls the broker if another one is stored than before. A trial calls it without this. */
  #callIfOther(before: Readonly<Settings>): void {
    if (!isSameBroker(brokersOf(before)[0]!, brokersOf(this.#options.settings.values)[0]!)) this.#host.brokerChanged()
  }

  #waitForBroker(onState: (state: TrialState) => void): void {
    this.#endCall = (state) => {
      this.#silence()
      onState(state)
    }
    this.#timer = this.#options.clock.set(() => this.#endCall?.('no-broker'), BROKER_DEADLINE)
  }
}

/** The stored values of all rows, except secrets. */
function shown(settings: Readonly<Settings>): Partial<Settings> {
  const values: Record<string, unknown> = {}
  for (const { setting, secret } of FIELDS)
    if (!secret && setting in settings) values[setting] = settings[setting as keyof Settings]
  return values
}
