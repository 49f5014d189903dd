import type { MeterState } from '../meters/statistics.js'
import type { FoundNetwork } from '../ports/wifi.js'

/**
 * How far the test of new credentials has come: looking for the network and joining it, in it and calling the broker;
 * and how it ended: all is well, or what was wrong.
 */
export type TrialState =
  | 'joining'
  | 'calling'
  | 'connected'
  | 'wrong-password'
  | 'not-found'
  | 'no-address'
  | 'no-broker'
  | 'failed'

/** An impulse meter's settings, as far as set-up knows them. */
export interface ImpulseState {
  /** 1 to 12 characters. */
  readonly serial: string
  /** What the meter shows now, in Wh or l. */
  readonly reading: number
  readonly unit: 'kWh' | 'm3'
  /** Impulses a kWh or m3. */
  readonly perUnit: number
}

export interface WaterMeterState {
  /** 8 digits. */
  readonly id: string
  /** What was last heard of it, `8.915 m3`; undefined when nothing was. */
  readonly total: string | undefined
  /** Seconds since then. */
  readonly age: number | undefined
  /** What was wrong with its last telegram, if anything. */
  readonly error: string | undefined
  /** The image brings it and its key. */
  readonly builtIn: boolean
}

/** What set-up can change beside the network. */
export interface PortalChanges {
  mqttHost?: string
  impulseSerial?: string
  /** What the impulse meter shows at this moment, in Wh or l; counting begins there. */
  impulseReading?: number
  impulsesPerUnit?: number
  /** Of the set-up network from its next opening on; empty for the one made of the key. */
  portalPassword?: string
}

/** The device as the portal sees it. It never hands out a password or a key. */
export interface PortalDevice {
  readonly version: string
  /** Empty until it is known. */
  readonly serial: string
  /** The stored network, empty before set-up; what became of it (`connected`, or why not); whether the station has an address. */
  readonly ssid: string
  readonly wifiStatus: string
  readonly online: boolean
  readonly mqttHost: string
  readonly brokerConnected: boolean
  /** Whether the set-up network has a password of its own. */
  readonly hasPortalPassword: boolean
  /** In builds for impulse meters. */
  readonly impulse: ImpulseState | undefined
  /** In builds that read water meters. */
  readonly waterMeters: readonly WaterMeterState[] | undefined
  meter(): MeterState
  /** Stores at once. */
  update(changes: PortalChanges): void
  /** Adds it, or gives it another key (16 bytes); else says why not. */
  setWaterMeter(id: string, key: Uint8Array): 'tooMany' | 'builtIn' | undefined
  removeWaterMeter(id: string): void
  scan(onFound: (network: FoundNetwork) => void, onDone: () => void): void
  /**
   * Joins the network and calls the broker, and stores the network when it could be joined. Without a password it is
   * the stored one. Tells every change of state, the last one once; `reason` is the radio's word for it. The trial that
   * another one replaces tells nothing more.
   */
  tryNetwork(ssid: string, password: string | undefined, onState: (state: TrialState, reason?: string) => void): void
  /** Stores a network without having tried it. */
  keepNetwork(ssid: string, password: string | undefined): void
}
