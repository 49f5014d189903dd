import type { Delivery } from '../delivery/delivery.js'
import type { Clock } from '../ports/clock.js'
import type { MqttConnect } from '../ports/mqtt.js'
import type { StoragePort } from '../ports/storage.js'
import type { SystemPort } from '../ports/system.js'
import type { QueryTime } from '../ports/time.js'
import type { WifiPort } from '../ports/wifi.js'
import type { SettingsStore } from '../storage/settings-store.js'
import type { TimeHost } from '../time/time-keeper.js'
import type { WallClock } from '../time/wall-clock.js'
import type { AnnouncementHost } from './announcement.js'

/** The signs of the board's light that the uplink sets. */
export interface UplinkLight {
  set(sign: 'restarting' | 'joiningFallback' | 'fallback' | 'broken', isSet: boolean): void
}

export interface UplinkOptions {
  readonly clock: Clock
  readonly random: () => number
  /** The host's network. */
  readonly ports: UplinkPorts
  readonly settings: SettingsStore
  readonly wallClock: WallClock
  readonly light: UplinkLight
  readonly delivery: Delivery
  /** Whether a restart of the device is the watchdog's last remedy. */
  readonly mayReboot: boolean
  log(text: string): void
}

export interface UplinkPorts {
  readonly wifi: WifiPort
  readonly connect: MqttConnect
  readonly queryTime: QueryTime
  readonly storage: StoragePort
  readonly system: Pick<SystemPort, 'freeHeap'>
}

/** What the uplink asks and tells. An object, because closures would take more RAM. */
export interface UplinkHost extends AnnouncementHost, TimeHost {
  /** The MQTT client's name; empty until the device has one. */
  readonly serial: string
  /** Whether the device may call a broker at all. */
  readonly mayConnect: boolean
  /** See `SessionHost`. */
  numbers(): readonly string[]
  onConnected(): void
  /** The first broker has done something for the device: it is the right one. */
  onBrokerAnswered(): void
  onMessage(topic: string, payload: Uint8Array): void
  restart(): void
}
