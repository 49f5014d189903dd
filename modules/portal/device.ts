import type { MeterState } from '../meters/statistics.js'
import type { FoundNetwork } from '../ports/wifi.js'
import type { Settings } from '../storage/settings.js'

/**
 * The state of a trial of new credentials. While it runs, the device first joins the network, then gets an address, and then calls the broker.
 * The other states say how the trial ended.
 */
export type TrialState =
  | 'joining'
  | 'addressing'
  | 'calling'
  | 'connected'
  | 'wrong-password'
  | 'not-found'
  | 'no-address'
  | 'no-broker'
  | 'failed'

/** An impulse meter as it is now. Its settings are rows of `fields.ts`. */
export interface ImpulseState {
  /** The meter's present reading in Wh or litres. */
  readonly reading: number
  readonly unit: 'kWh' | 'm3'
}

/** The device's own key: one that it uses, an example that everybody knows and it therefore does not use, or none yet. */
export type MasterKeyState = 'own' | 'example' | 'missing'

/** The verdict on a radio meter's key, as `KeyVerdict` of `radio` has it. */
export type KeyState =
  | 'not heard'
  | 'right'
  | 'wrong'
  | 'not encrypted'
  | 'other mode'
  | 'unknown header'
  | 'header not confirmed'

export interface WaterMeterState {
  /** 8 digits. */
  readonly id: string
  /** The last total that was heard, `8.915 m³`; undefined before the first. */
  readonly total: string | undefined
  /** Seconds since then. */
  readonly age: number | undefined
  readonly key: KeyState
  /** The signature of the header that is not known or not confirmed, in hexadecimal. */
  readonly header: string | undefined
  /** Why the device hears it and does not believe it: its total has jumped, or its clock has begun anew. */
  readonly doubt: 'total' | 'clock' | undefined
  /** Whether the image brings this meter and its key. */
  readonly builtIn: boolean
}

/** Whether the flash takes what is to outlive power-off. */
export interface FlashState {
  /** `refuses`: it is full or worn. `spent`: so much was changed of late that changes are refused to spare it. */
  readonly settings: 'works' | 'refuses' | 'spent'
  /** `full`: the samples that wait are thinned. `refuses`: they wait in memory. */
  readonly journal: 'works' | 'full' | 'refuses'
}

/** The device at one moment, as the portal sees it: plain data without any password or key. */
export interface PortalState {
  readonly version: string
  /** Empty until the device knows it. */
  readonly serial: string
  /** The stored network; empty before set-up. */
  readonly ssid: string
  /** `connected`, or why the station is not. */
  readonly wifiStatus: string
  /** The network in which the station has an address, which need not be the stored one; undefined while it is in none. */
  readonly network: string | undefined
  readonly brokerConnected: boolean
  /** Whether the broker does not grant a subscription, so that commands do not get through. */
  readonly brokerRefusesCommands: boolean
  /** The broker before, which is used because the stored one has not answered; undefined while it is not. */
  readonly previousBroker: string | undefined
  /** Whether the user has set a password for the set-up network. */
  readonly hasPortalPassword: boolean
  /** Whether the device restarts in a few seconds. */
  readonly isRestarting: boolean
  /** Whether the build gives it a password that is not made from the key. */
  readonly hasBuildPassword: boolean
  readonly key: MasterKeyState
  /** Whether the build knows TLS. */
  readonly hasTls: boolean
  /** The stored values of the rows of `fields.ts` that are not secret. */
  readonly values: Readonly<Partial<Settings>>
  readonly meter: MeterState
  /** Only builds for impulse meters have it. */
  readonly impulse: ImpulseState | undefined
  /** Only builds that read water meters have it. */
  readonly waterMeters: readonly WaterMeterState[] | undefined
}

/** New values of settings. */
export interface PortalChanges extends Partial<Settings> {
  /** The impulse meter's present reading in Wh or litres. Counting continues from there. */
  impulseReading?: number
  /** The device's own key, 32 hex digits, and its serial number. It takes them while it has no key, and only then. */
  masterKey?: string
  ownSerial?: string
}

/** What somebody has entered on the set-up page. Without a password the stored one of that network is meant. */
export interface SetUpForm extends PortalChanges {
  readonly ssid: string
}

/** The device as the portal sees and changes it. */
export interface PortalDevice {
  state(): PortalState
  flash(): FlashState
  /** Stores changes that need no trial. */
  update(changes: PortalChanges): void
  /** Adds a meter, or gives a known one another key of 16 bytes. Returns why it cannot. */
  setWaterMeter(id: string, key: Uint8Array): 'tooMany' | 'builtIn' | undefined
  removeWaterMeter(id: string): void
  scan(onFound: (network: FoundNetwork) => void, onDone: () => void): void
  /** Whether the form names another certificate, or none, for a broker whose password the device would then forget. */
  needsBrokerPassword(form: SetUpForm): boolean
  /**
   * Joins the network, then stores the whole form and calls the broker; a form whose network cannot be joined changes
   * nothing. Calls back with every change of state; `reason` is the radio's word for it. A later trial silences this one.
   */
  tryForm(form: SetUpForm, onState: (state: TrialState, reason?: string) => void): void
  /** Stores a form without trying its network. */
  keepForm(form: SetUpForm): void
  /** The name of the build's own broker, where another one is stored. */
  standardBroker(): string | undefined
  /** Makes the build's own broker the first choice again. */
  useStandardBroker(): void
  /** Restarts in a few seconds, which leaves time for a page that says so. */
  restart(): void
  /**
   * Deletes what set-up has stored and restarts; false where flash does not take that, and nothing happens then. What was
   * measured, counted or paid for stays.
   */
  reset(): boolean
  diagnosis(): Diagnosis
}

/** What the diagnosis has beside the state. */
export interface Diagnosis {
  /** Seconds since power-on. */
  readonly uptime: number
  /** As `SystemPort` has it. */
  readonly resetReason: number
  /** dBm; undefined where the station is in no network. */
  readonly signal: number | undefined
  /** Unix time in seconds; undefined until it is known. */
  readonly time: number | undefined
  /** Messages that the broker has taken since power-on. */
  readonly delivered: number
  /** Bytes; 0 where nobody knows. */
  readonly freeHeap: number
}
