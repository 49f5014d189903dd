import { Control } from '../control/control.js'
import type { Cron } from '../control/cron/cron.js'
import type { CommandHost } from '../control/receiver.js'
import { Valve } from '../control/valve/valve.js'
import { Delivery } from '../delivery/delivery.js'
import { ReplayGuard } from '../mqttcrypto/replay-guard.js'
import type { SystemPort } from '../ports/system.js'
import { SettingsStore } from '../storage/settings-store.js'
import type { SlotError } from '../storage/slots.js'
import { type Purpose, WriteBudget } from '../storage/write-budget.js'
import { WallClock } from '../time/wall-clock.js'
import type { UpdateRequest } from '../update/record.js'
import type { AccessPoint } from '../uplink/access-point.js'
import { withRebootReason } from '../uplink/reboot-mark.js'
import type { Station } from '../uplink/station.js'
import { Uplink } from '../uplink/uplink.js'
import type { UplinkHost } from '../uplink/uplink-host.js'
import type { Flags } from './flags.js'
import { Identity, type IdentityHost } from './identity.js'
import { Metering } from './metering.js'
import { Outputs } from './outputs.js'
import type { Part } from './part.js'
import type { PortalModelHost } from './portal-host.js'
import type { Ports } from './ports.js'
import { Provisioning } from './provisioning.js'
import { Readings } from './readings.js'
import { Reports } from './reports.js'
import { SetUp } from './set-up.js'
import { Updates } from './updates.js'
import { modelText } from './version.js'

/** Leaves the meter time to finish a reply before the restart. */
const RESTART_DELAY = 16_000

/**
 * The firmware: a list of parts. It reads the meter, publishes what the meter says and does what it is told. Its parts
 * call it through the interface of their host.
 */
export class Firmware implements CommandHost, IdentityHost, UplinkHost, PortalModelHost {
  readonly version: string
  readonly hasTls: boolean
  readonly system: SystemPort
  readonly settings: SettingsStore
  readonly station: Station
  readonly accessPoint: AccessPoint
  readonly valve: Valve
  #ports: Ports
  #provisioning: Provisioning
  #wallClock: WallClock
  #delivery: Delivery
  #control: Control
  #identity: Identity
  #reports: Reports
  #metering: Metering
  #uplink: Uplink
  #updates: Updates
  #setUp: SetUp | undefined
  #parts: readonly Part[]

  /**
   * Puts the valve into its stored state before anything else happens.
   * @param refusesExamples whether a key that everybody knows must not be used: the device says so, and calls no broker
   */
  constructor(ports: Ports, built: Flags, refusesExamples = false) {
    const { clock, crypto, storage, flash, portal } = ports
    const { driver } = built
    const log = (text: string) => ports.log(text)
    const random = () => crypto.random(1)[0]! / 256
    this.#ports = ports
    this.hasTls = ports.hasTls
    this.system = withRebootReason(ports.system, storage)
    this.version = `${ports.system.sdk}-${ports.image.version}-${ports.system.network}-${modelText(built)}`
    const outputs = new Outputs(ports, built)
    const { light, actuator } = outputs
    const onFlashError = (error: SlotError) => this.onFlashError(error)
    const provisioning = new Provisioning(built, { ports, light, refusesExamples, onFlashError })
    this.#provisioning = provisioning
    const { flags, envelope } = provisioning
    this.#reports = new Reports(this, flags, log)
    const budget = new WriteBudget(clock, () => log('flash: too many changes, the next wait or are refused'))
    const guard = new ReplayGuard(storage, { clock, budget, onFlashError })
    const beforeWrite = (purpose: Purpose) => guard.flush(purpose)
    const defaults = flags.broker
    this.settings = new SettingsStore({ storage, clock, defaults, beforeWrite, budget, onFlashError })
    const { settings, system, version } = this
    this.valve = new Valve({ settings, actuator, flow: flags.flowMeter, autoClose: flags.autoClose }, this.#reports)
    if (flags.acTest) this.valve.test()

    const wallClock = new WallClock(clock)
    this.#wallClock = wallClock
    // Without this, samples taken while the network stays down across two restarts of the watchdog could not be dated.
    const kept = ports.system.keptTime()
    if (kept !== undefined) wallClock.set(kept)
    const delivery = new Delivery({ clock, wallClock, envelope, flash, random })
    this.#delivery = delivery
    const identity = new Identity(flags, this)
    this.#identity = identity
    const build = { ...driver, cron: flags.cron, stackTrace: flags.stackTrace, ble: flags.ble }
    this.#control = new Control({ clock, envelope, guard, settings, wallClock, build, log }, this)
    const network = { clock, log, random, ports, settings, wallClock, light, delivery }
    this.#uplink = new Uplink({ ...network, mayReboot: !driver.counts }, this)
    this.station = this.#uplink.station
    this.accessPoint = this.#uplink.accessPoint
    const { valve } = this
    const readings = new Readings({ clock, flags, settings, identity, delivery, valve, light, system, log })
    const seconds = () => this.seconds()
    this.#metering = new Metering({ ports, light, flags, settings, random, seconds, onFlashError }, readings)
    const [metering, uplink] = [this.#metering, this.#uplink]
    this.#updates = new Updates({ ports, flags, budget, delivery, metering, uplink, light }, this)
    const first = [provisioning, guard, settings, outputs, delivery]
    this.#parts = [...first, this.#control, this.#metering, this.#uplink, this.#updates]
    if (portal === undefined) return
    const { update } = this.#updates
    const own = { clock, log, provisioning, settings, delivery, metering, uplink, light, update, version, system }
    this.#setUp = new SetUp({ ...own, wallClock, hasTls: ports.hasTls, crypto, binding: portal }, this)
    this.#parts = [...this.#parts, this.#setUp]
  }

  /** The serial number that names the device, at least 7 digits; empty until the meter was asked once. */
  get serial(): string {
    return this.#identity?.serial ?? ''
  }

  get mayConnect(): boolean {
    return this.#provisioning.key === 'own'
  }

  get cron(): Cron {
    return this.#control.cron
  }

  get brokerConnected(): boolean {
    return this.#uplink.connected
  }

  get brokerRefusesCommands(): boolean {
    return this.#uplink.isDeaf
  }

  get usesPreviousBroker(): boolean {
    return this.#uplink.usesPreviousBroker
  }

  start(): void {
    this.onMetersChanged()
    for (const part of this.#parts) part.start?.()
  }

  /** Closes the parts in the reverse order, which writes everything that waits. The valve stays as it is. */
  close(): void {
    for (let i = this.#parts.length; i-- > 0; ) this.#parts[i]!.close()
  }

  uptime(): number {
    return Math.floor(this.#ports.clock.now() / 1000)
  }

  /** Seconds of unix time; seconds since power-on while it is not known. */
  seconds(): number {
    return this.#wallClock.now() ?? this.uptime()
  }

  offerUpdate(request: UpdateRequest): string {
    return this.#updates.offer(request)
  }

  save(): void {
    this.settings.flush()
    this.#metering.save()
  }

  publish(name: string, text: string, serial = this.serial): void {
    this.#delivery.message(name, serial, this.#ports.clock.now(), text)
  }

  /** The device's own number, and those of its radio meters. */
  numbers(): readonly string[] {
    const { serial } = this
    const radio = this.#metering.radio?.meters.meters ?? []
    return [serial, ...radio.map(({ id }) => id).filter((id) => id !== serial)]
  }

  networkQuality(): string {
    return this.#uplink.quality()
  }

  reconnect(): void {
    this.#uplink.reconnect()
  }

  brokerChanged(): void {
    this.#uplink.brokerChanged()
  }

  radioHeadersChanged(): void {
    this.#metering.radio?.meters.updateHeaders()
  }

  restart(): void {
    this.close()
    this.#ports.clock.set(() => this.system.restart(), RESTART_DELAY)
  }

  announce(step: number): boolean {
    return this.#reports.announce(step)
  }

  knownSerial(): string {
    return this.#metering.source.serial ?? (this.settings.values.serial || this.#provisioning.flags.serial)
  }

  /** Another number of the board's own: a meter that has told its number keeps the device's name. */
  onNumbered(): void {
    if (this.serial !== '') this.#identity.renew()
  }

  onRenamed(): void {
    if (this.#setUp !== undefined) this.#setUp.name = this.#identity.networkName
    this.#uplink.rename()
  }

  /** Takes over the numbers that the set-up or the build gives an impulse meter or radio meters. */
  onMetersChanged(): void {
    if (this.#metering.source.serial !== undefined) this.#identity.renew()
    this.#uplink.subscribe()
  }

  onTime(unix: number): void {
    this.#wallClock.set(unix)
    this.#ports.system.keepTime(unix)
    this.cron.wait()
  }

  onConnected(): void {
    this.#metering.onConnected()
    this.#updates.onConnected()
  }

  onBrokerAnswered(): void {
    this.#setUp?.onBrokerAnswered()
  }

  onFlashError(error: SlotError): void {
    this.#reports.onFlashError(error)
  }

  onMessage(topic: string, payload: Uint8Array): void {
    this.#control.onMessage(topic, payload)
  }
}
