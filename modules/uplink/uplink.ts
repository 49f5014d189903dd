import type { Delivery } from '../delivery/delivery.js'
import type { Clock } from '../ports/clock.js'
import type { MqttConnect } from '../ports/mqtt.js'
import type { StoragePort } from '../ports/storage.js'
import type { QueryTime } from '../ports/time.js'
import type { WifiPort } from '../ports/wifi.js'
import type { SettingsStore } from '../storage/settings.js'
import { TimeKeeper } from '../time/time-keeper.js'
import { AccessPoint } from './access-point.js'
import { Announcement } from './announcement.js'
import { candidatesOf, confirmed, withCredentials } from './credentials.js'
import { PingStatistics } from './ping-statistics.js'
import { markReboot } from './reboot-mark.js'
import { MqttSession } from './session.js'
import { Station } from './station.js'
import { type Remedy, Watchdog } from './watchdog.js'

/** The signs of the board's light that the uplink sets. */
export interface UplinkLight {
  set(sign: 'restarting' | 'joiningFallback' | 'fallback' | 'broken', isSet: boolean): void
}

export interface UplinkOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly wifi: WifiPort
  readonly connect: MqttConnect
  readonly queryTime: QueryTime
  readonly storage: StoragePort
  readonly settings: SettingsStore
  readonly light: UplinkLight
  readonly delivery: Delivery
  /** Whether a restart of the device is the watchdog's last remedy. */
  readonly mayReboot: boolean
  /** What the device says after each connection, in this order. */
  readonly announcement: readonly (() => void)[]
  /** The MQTT client's name; empty until the device has one. */
  name(): string
  /** Bytes; 0 where nobody knows. */
  freeHeap(): number
  /** Unix milliseconds at this moment; undefined as long as they are not known. */
  unix(): number | undefined
  /** Unix milliseconds, from a time server. */
  onTime(unix: number): void
  onConnected(): void
  onMessage(topic: string, payload: Uint8Array): void
  restart(): void
  log(text: string): void
}

/** The way to the broker: Wi-Fi, time, the MQTT session, and what is done when one of them fails. */
export class Uplink {
  readonly station: Station
  readonly accessPoint: AccessPoint
  #options: UplinkOptions
  #pings = new PingStatistics()
  #session: MqttSession
  #timeKeeper: TimeKeeper
  #watchdog: Watchdog
  #announcement: Announcement

  constructor(options: UplinkOptions) {
    const { clock, log, random, wifi, settings, light } = options
    this.#options = options
    this.#session = new MqttSession({
      clock,
      log,
      random,
      connect: options.connect,
      delivery: options.delivery,
      broker: () => {
        const { mqttHost, mqttPort, mqttUser, mqttPassword } = settings.values
        return { host: mqttHost, port: mqttPort, user: mqttUser, password: mqttPassword }
      },
      onOpening: (possible) => light.set('broken', !possible),
      onLost: () => {
        this.#announcement.stop()
        this.#watchdog.count('tcp')
      },
      onReached: () => this.#watchdog.reached(),
      onHeard: () => this.#watchdog.heard(),
      onPing: (ms) => (ms === undefined ? this.#pings.lost() : this.#pings.answered(ms)),
      onConnected: () => this.#onConnected(),
      onMessage: options.onMessage,
    })
    this.#announcement = new Announcement(clock, [() => this.#session.subscribe(), ...options.announcement])
    this.accessPoint = new AccessPoint(clock, wifi, settings)
    this.station = new Station({
      clock,
      log,
      random,
      wifi,
      candidates: () => candidatesOf(settings.values),
      adopt: (credentials) => void settings.update(withCredentials(settings.values, credentials)),
      onUp: () => this.#onUp(),
      onDown: () => this.#onDown(),
    })
    this.#timeKeeper = new TimeKeeper({
      clock,
      log,
      random,
      query: options.queryTime,
      now: options.unix,
      onTime: (unix) => {
        this.#watchdog.reached()
        options.onTime(unix)
        options.delivery.pump()
      },
    })
    this.#watchdog = new Watchdog({
      clock,
      log,
      isActive: () => this.station.isSetUp && !this.station.quiet,
      hasOther: () => candidatesOf(settings.values).length > 1,
      mayReboot: options.mayReboot,
      freeHeap: options.freeHeap,
      apply: (remedy) => this.#apply(remedy),
    })
  }

  get connected(): boolean {
    return this.#session.connected
  }

  start(): void {
    this.station.start()
    this.#watchdog.start()
  }

  close(): void {
    this.#announcement.stop()
    this.#watchdog.stop()
    this.station.stop()
    this.accessPoint.close()
    this.#timeKeeper.stop()
    this.#session.stop()
  }

  /** The device has its name, or another than before. */
  rename(): void {
    this.accessPoint.serial = this.#options.name()
    this.#connect()
  }

  /** Drops the connection to the broker and opens it again. */
  reconnect(): void {
    this.#stopSession()
    this.#connect()
  }

  /** How well the broker answers, and what was tried when it did not. */
  quality(): string {
    return `${this.#pings.text()}&disconnect_count=${this.station.disconnectCount}&${this.#watchdog.text()}`
  }

  #connect(): void {
    const name = this.#options.name()
    if (this.station.up && name !== '') this.#session.start(name)
  }

  #stopSession(): void {
    this.#announcement.stop()
    this.#session.stop()
  }

  #onUp(): void {
    const { light } = this.#options
    light.set('restarting', false)
    light.set('joiningFallback', this.station.choice === 'fallback')
    this.accessPoint.update()
    this.#timeKeeper.start()
    this.#connect()
  }

  #onDown(): void {
    const { light } = this.#options
    light.set('joiningFallback', false)
    light.set('fallback', false)
    this.#timeKeeper.stop()
    this.#stopSession()
  }

  #onConnected(): void {
    const { settings, light, onConnected } = this.#options
    const { choice } = this.station
    if (choice !== undefined) settings.update(confirmed(choice))
    light.set('joiningFallback', false)
    light.set('fallback', choice === 'fallback')
    onConnected()
    this.#announcement.start()
  }

  #apply(remedy: Exclude<Remedy, 'tcp'>): void {
    switch (remedy) {
      case 'mqtt':
        // An answer about the time would tell that the network works.
        if (this.station.up) this.#timeKeeper.start()
        return this.reconnect()
      case 'address':
        return this.#options.wifi.renewAddress()
      case 'access_point':
        return this.station.joinNext()
      case 'radio':
        this.#options.light.set('restarting', true)
        return this.station.restartRadio()
      case 'reboot':
        markReboot(this.#options.storage)
        this.#options.restart()
    }
  }
}
