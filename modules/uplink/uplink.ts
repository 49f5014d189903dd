import { type TimeHost, TimeKeeper } from '../time/time-keeper.js'
import { AccessPoint } from './access-point.js'
import { Announcement, type AnnouncementHost } from './announcement.js'
import { BrokerChoice, type BrokerChoiceHost } from './broker-choice.js'
import { type Broker, brokersOf } from './brokers.js'
import { type Candidate, type Credentials, candidatesOf, confirmed, withCredentials } from './credentials.js'
import type { Others } from './network-trial.js'
import { PingStatistics } from './ping-statistics.js'
import { markReboot } from './reboot-mark.js'
import { MqttSession, type SessionHost } from './session.js'
import { Station, type StationHost } from './station.js'
import type { UplinkHost, UplinkOptions } from './uplink-host.js'
import { type Remedy, Watchdog, type WatchdogHost } from './watchdog.js'

/**
 * The way to the broker: Wi-Fi, time, the MQTT session, and what is done when one of them fails. What its own parts call
 * begins with `on` or stands in their host's interface.
 */
export class Uplink implements SessionHost, StationHost, TimeHost, WatchdogHost, AnnouncementHost, BrokerChoiceHost {
  readonly station: Station
  readonly accessPoint: AccessPoint
  #options: UplinkOptions
  #host: UplinkHost
  #pings = new PingStatistics()
  #session: MqttSession
  #timeKeeper: TimeKeeper
  #watchdog: Watchdog
  #announcement: Announcement
  #brokerChoice: BrokerChoice

  constructor(options: UplinkOptions, host: UplinkHost) {
    const { clock, log, random, settings, wallClock, delivery, mayReboot, ports } = options
    const { wifi, connect, queryTime } = ports
    this.#options = options
    this.#host = host
    this.#session = new MqttSession({ clock, log, random, connect, delivery, wallClock }, this)
    this.#brokerChoice = new BrokerChoice({ clock, settings, delivery }, this)
    this.#announcement = new Announcement(clock, this)
    this.accessPoint = new AccessPoint(clock, wifi, settings)
    this.station = new Station({ clock, log, random, wifi }, this)
    this.#timeKeeper = new TimeKeeper({ clock, log, random, query: queryTime, wallClock }, this)
    this.#watchdog = new Watchdog({ clock, log, mayReboot }, this)
  }

  get connected(): boolean {
    return this.#session.connected
  }

  /** Whether commands do not get through, because the broker does not grant a subscription. */
  get isDeaf(): boolean {
    return this.connected && this.#session.subscriptions.isRefused
  }

  start(): void {
    this.station.start()
    this.#watchdog.start()
  }

  close(): void {
    this.#brokerChoice.close()
    this.#announcement.stop()
    this.#watchdog.stop()
    this.station.stop()
    this.accessPoint.close()
    this.#timeKeeper.stop()
    this.#session.stop()
  }

  /** The device has its name, or another than before. */
  rename(): void {
    this.accessPoint.serial = this.#host.serial
    this.#connect()
  }

  /** Drops the connection to the broker and opens it again. */
  reconnect(): void {
    this.#stopSession()
    this.#connect()
  }

  /** How well the broker answers, and what was tried when it did not. */
  quality(): string {
    const { disconnectCount, detail } = this.station
    const text = `${this.#pings.text()}&disconnect_count=${disconnectCount}&${this.#watchdog.text()}${detail}`
    const commands = this.isDeaf ? '&commands=refused' : ''
    return text + commands + (this.usesPreviousBroker ? '&broker=previous' : '')
  }

  /** Whether the broker before is called or connected, because the stored one has not answered. */
  get usesPreviousBroker(): boolean {
    return this.#brokerChoice.usesPrevious
  }

  /** Another broker is stored: calls it in a moment. */
  brokerChanged(): void {
    this.#brokerChoice.onChanged()
  }

  broker(): Broker {
    return this.#brokerChoice.next()
  }

  numbers(): readonly string[] {
    return this.#host.numbers()
  }

  /** The device answers for other numbers than before. */
  subscribe(): void {
    this.#session.subscribe()
  }

  onOpening(isPossible: boolean): void {
    this.#options.light.set('broken', !isPossible)
  }

  onLost(): void {
    this.#announcement.stop()
    this.#brokerChoice.onLost()
    this.#watchdog.count('tcp')
  }

  onReached(): void {
    this.#watchdog.reached()
  }

  onHeard(): void {
    this.#watchdog.heard()
  }

  onPing(ms: number | undefined): void {
    if (ms === undefined) this.#pings.lost()
    else this.#pings.answered(ms)
  }

  onMessage(topic: string, payload: Uint8Array): void {
    this.#host.onMessage(topic, payload)
  }

  /** Subscribes before anything is said, so that no command is missed. */
  announce(step: number): boolean {
    if (step > 0) return this.#host.announce(step - 1)
    this.#session.subscribe()
    return true
  }

  candidates(): readonly Candidate[] {
    return candidatesOf(this.#options.settings.values)
  }

  adopt(credentials: Credentials, others: Others): void {
    const { settings } = this.#options
    settings.update({ ...withCredentials(settings.values, credentials), ...others() })
    this.#brokerChoice.restart()
  }

  onTime(unix: number): void {
    const { delivery } = this.#options
    const hasWaited = this.#waitsForTime()
    this.#watchdog.reached()
    this.#host.onTime(unix)
    if (hasWaited) this.#connect()
    delivery.pump()
  }

  isActive(): boolean {
    return this.#host.mayConnect && this.station.isSetUp && !this.station.quiet
  }

  hasOther(): boolean {
    return this.candidates().length > 1
  }

  freeHeap(): number {
    return this.#options.ports.system.freeHeap()
  }

  #connect(): void {
    const name = this.#host.serial
    const mayConnect = this.#host.mayConnect && this.station.up && name !== ''
    if (mayConnect && !this.#waitsForTime()) this.#session.start(name)
  }

  /** Without the time nobody knows whether a certificate has run out, so no broker is called while one of them needs TLS. */
  #waitsForTime(): boolean {
    const { wallClock, settings } = this.#options
    return wallClock.now() === undefined && brokersOf(settings.values).some(({ certificate }) => certificate !== '')
  }

  #stopSession(): void {
    this.#announcement.stop()
    this.#session.stop()
  }

  onUp(): void {
    this.#brokerChoice.onUp()
    const { light } = this.#options
    light.set('restarting', false)
    light.set('joiningFallback', this.station.choice === 'fallback')
    this.accessPoint.update()
    this.#timeKeeper.start()
    this.#connect()
  }

  onDown(): void {
    const { light } = this.#options
    light.set('joiningFallback', false)
    light.set('fallback', false)
    this.#timeKeeper.stop()
    this.#stopSession()
  }

  onConnected(): void {
    const { settings, light } = this.#options
    const { choice } = this.station
    if (choice !== undefined) settings.update(confirmed(choice))
    light.set('joiningFallback', false)
    light.set('fallback', choice === 'fallback')
    this.#host.onConnected()
    this.#announcement.start()
  }

  onAnswered(): void {
    this.#brokerChoice.onAnswered()
  }

  onBrokerAnswered(): void {
    this.#host.onBrokerAnswered()
  }

  apply(remedy: Exclude<Remedy, 'tcp'>): void {
    switch (remedy) {
      case 'mqtt':
        // An answer about the time would tell that the network works.
        if (this.station.up) this.#timeKeeper.start()
        return this.reconnect()
      case 'address':
        return this.#options.ports.wifi.renewAddress()
      case 'access_point':
        return this.station.joinNext()
      case 'radio':
        this.#options.light.set('restarting', true)
        return this.station.restartRadio()
      case 'reboot':
        if (!markReboot(this.#options.ports.storage)) this.#options.log('watchdog: flash does not take its mark')
        this.#host.restart()
    }
  }
}
