import { hasName } from '../codec/own-name.js'
import { JOBS } from '../control/commands/cron.js'
import { commandsOf } from '../control/commands/table.js'
import { Cron, type CronHost } from '../control/cron/cron.js'
import { type CommandHost, CommandReceiver } from '../control/receiver.js'
import { Actuator } from '../control/valve/actuator.js'
import { Valve } from '../control/valve/valve.js'
import { Delivery } from '../delivery/delivery.js'
import { Kind } from '../delivery/topics.js'
import { Led } from '../led/led.js'
import { StatusLight } from '../led/status-light.js'
import type { Reading } from '../meters/meter.js'
import { Envelope } from '../mqttcrypto/envelope.js'
import { ReplayGuard } from '../mqttcrypto/replay-guard.js'
import type { SystemPort } from '../ports/system.js'
import { SettingsStore } from '../storage/settings.js'
import type { SlotError } from '../storage/slots.js'
import { WriteBudget } from '../storage/write-budget.js'
import { WallClock } from '../time/wall-clock.js'
import type { AccessPoint } from '../uplink/access-point.js'
import { withRebootReason } from '../uplink/reboot-mark.js'
import type { Station } from '../uplink/station.js'
import { Uplink } from '../uplink/uplink.js'
import type { UplinkHost } from '../uplink/uplink-host.js'
import type { Flags } from './flags.js'
import { Identity, type IdentityHost } from './identity.js'
import { Metering, type MeteringHost } from './metering.js'
import type { Part } from './part.js'
import type { PortalModelHost } from './portal-model.js'
import type { Ports } from './ports.js'
import { Readings } from './readings.js'
import { Reports } from './reports.js'
import { SetUp } from './set-up.js'
import { modelText, RELEASE } from './version.js'

/** How long the light flashes when the meter has not answered. */
const FAILURE_FLASH = 1_000

/** Leaves the meter time to finish a reply before the restart. */
const RESTART_DELAY = 16_000

/** A heating valve that is not there, in builds whose meter has none. */
const NO_OUTPUT = Object.freeze({ write() {} })

type Hosts = CronHost & IdentityHost & UplinkHost & MeteringHost & PortalModelHost

/**
 * The firmware: a list of parts. It reads the meter, publishes what the meter says and does what it is told. Its parts
 * call it through the interface of their host.
 */
export class Firmware implements CommandHost, Hosts {
  readonly version: string
  readonly system: SystemPort
  readonly settings: SettingsStore
  readonly station: Station
  readonly accessPoint: AccessPoint
  readonly valve: Valve
  readonly cron: Cron
  #ports: Ports
  #flags: Flags
  #wallClock: WallClock
  #light: StatusLight
  #delivery: Delivery
  #receiver: CommandReceiver
  #identity: Identity
  #reports: Reports
  #readings: Readings
  #metering: Metering
  #uplink: Uplink
  #setUp: SetUp | undefined
  #parts: readonly Part[]

  /**
   * Puts the valve into its stored state before anything else happens.
   * @param isKeyRefused whether the key is one that must not be used: the device says so, and calls no broker
   */
  constructor(ports: Ports, flags: Flags, isKeyRefused = false) {
    const { clock, crypto, storage, flash, ac1, ac2, portal } = ports
    const { driver } = flags
    const log = (text: string) => ports.log(text)
    const random = () => crypto.random(1)[0]! / 256
    this.#ports = ports
    this.#flags = flags
    this.system = withRebootReason(ports.system, storage)
    this.version = `${ports.system.sdk}-${RELEASE}-${ports.system.network}-${modelText(flags)}`
    const led = new Led(clock, ports.led)
    const showsValve = flags.ledOnAc && driver.hasValve
    this.#light = new StatusLight(showsValve ? new Led(clock, NO_OUTPUT) : led)

    this.#reports = new Reports(this, flags, log)
    const onFlashError = (error: SlotError) => this.onFlashError(error)
    const budget = new WriteBudget(clock, () => log('flash: too many changes, the next wait or are refused'))
    const guard = new ReplayGuard(storage, { clock, budget, onFlashError })
    this.settings = new SettingsStore({ storage, clock, beforeWrite: () => guard.flush(), budget, onFlashError })
    const actuator = new Actuator({
      clock,
      ac1: driver.hasValve ? ac1 : NO_OUTPUT,
      ac2: flags.thermoOnAc2 && driver.hasValve ? ac2 : undefined,
      normallyOpen: flags.thermoNormallyOpen,
      led: showsValve ? led : undefined,
    })
    const { settings } = this
    this.valve = new Valve({ settings, actuator, flow: flags.flowMeter, autoClose: flags.autoClose }, this.#reports)
    if (flags.acTest) this.valve.test()

    const wallClock = new WallClock(clock)
    this.#wallClock = wallClock
    // Without this, samples taken while the network stays down across two restarts of the watchdog could not be dated.
    const kept = ports.system.keptTime()
    if (kept !== undefined) wallClock.set(kept)
    const envelope = new Envelope(crypto, flags.key)
    const delivery = new Delivery({ clock, wallClock, envelope, flash, random })
    this.#delivery = delivery
    this.#identity = new Identity(flags, this)
    const { valve, system } = this
    this.#readings = new Readings({ flags, settings, identity: this.#identity, delivery, valve, system, log })
    const commands = commandsOf({ ...driver, cron: flags.cron, stackTrace: flags.stackTrace })
    this.#receiver = new CommandReceiver({ clock, envelope, log, guard, commands, wallClock }, this)
    this.cron = new Cron({ clock, settings, wallClock, commands: Object.keys(JOBS) }, this)
    const light = this.#light
    this.#uplink = new Uplink(
      {
        clock,
        log,
        random,
        ports,
        settings,
        wallClock,
        light,
        delivery,
        mayReboot: !driver.counts,
        mayConnect: !isKeyRefused,
      },
      this,
    )
    this.station = this.#uplink.station
    this.accessPoint = this.#uplink.accessPoint
    this.#metering = new Metering({ ports, light, flags, settings, random }, this)
    if (isKeyRefused) {
      log('KEY: an example that everybody knows; nothing is sent and no command is taken')
      light.set('exampleKey', true)
    }
    this.#parts = [
      guard,
      settings,
      { close: () => light.off() },
      actuator,
      delivery,
      this.#receiver,
      { start: () => this.onMetersChanged(), close: () => this.cron.stop() },
      this.#metering,
      this.#uplink,
    ]
    if (portal === undefined) return
    const { version } = this
    const { resetReason } = system
    this.#setUp = new SetUp(
      {
        clock,
        log,
        binding: portal,
        flags,
        settings,
        metering: this.#metering,
        uplink: this.#uplink,
        light,
        version,
        resetReason,
        isKeyRefused,
      },
      this,
    )
    this.#parts = [...this.#parts, this.#setUp]
  }

  /** The serial number that names the device, at least 7 digits; empty until the meter was asked once. */
  get serial(): string {
    return this.#identity?.serial ?? ''
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
    for (const part of this.#parts) part.start?.()
  }

  /** Ends everything in order; what was not yet written is. The valve stays as it is. */
  close(): void {
    for (let i = this.#parts.length; i-- > 0; ) this.#parts[i]!.close()
  }

  uptime(): number {
    return Math.floor(this.#ports.clock.now() / 1000)
  }

  seconds(): number {
    return this.#wallClock.now() ?? this.uptime()
  }

  freeHeap(): number {
    return this.system.freeHeap()
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

  restart(): void {
    this.close()
    this.#ports.clock.set(() => this.system.restart(), RESTART_DELAY)
  }

  announce(step: number): boolean {
    return this.#reports.announce(step)
  }

  knownSerial(): string {
    return this.#metering.source.serial ?? (this.settings.values.serial || this.#flags.serial)
  }

  onRenamed(): void {
    if (this.#setUp !== undefined) this.#setUp.name = this.#identity.networkName
    this.#uplink.rename()
  }

  /** The set-up or the build says the numbers of meters that do not tell them: an impulse meter or radio meters. */
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
  }

  onBrokerAnswered(): void {
    this.#setUp?.onBrokerAnswered()
  }

  onMessage(topic: string, payload: Uint8Array): void {
    this.#receiver.onMessage(topic, payload)
  }

  runJob(name: string, params: string): void {
    this.#ports.log(`cron: ${name}`)
    if (hasName(JOBS, name)) JOBS[name]!(this, () => {}, params)
  }

  act(step: () => void): void {
    this.#receiver.act(step)
  }

  onReading(reading: Reading, at: number): void {
    this.#readings.take(reading, at)
  }

  onFailure(): void {
    if (this.#flags.driver.flashesOnFailure) this.#light.flash(FAILURE_FLASH)
    this.#identity.useKnown()
  }

  onRadioReading(reading: Reading, at: number): void {
    this.#readings.takeRadio(reading, at)
  }

  onInfo(serial: string, text: string, at: number): void {
    this.#delivery.message(Kind.MeterInfo, serial, at, text)
  }

  onBattery(millivolt: number): void {
    if (this.serial !== '') this.publish('concentrator', `battery=${millivolt} mV&`)
  }

  onFlashError(error: SlotError): void {
    this.#reports.onFlashError(error)
  }
}
