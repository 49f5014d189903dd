import { toHex } from '../codec/hex.js'
import { hasName } from '../codec/own-name.js'
import { JOBS } from '../control/commands/cron.js'
import { commandsOf } from '../control/commands/table.js'
import { Cron } from '../control/cron/cron.js'
import type { Device } from '../control/device.js'
import { CommandReceiver } from '../control/receiver.js'
import { resetReasonText } from '../control/texts.js'
import { Actuator } from '../control/valve/actuator.js'
import { Valve } from '../control/valve/valve.js'
import { Delivery } from '../delivery/delivery.js'
import { Kind } from '../delivery/topics.js'
import { Led } from '../led/led.js'
import { StatusLight } from '../led/status-light.js'
import type { Reading } from '../meters/meter.js'
import { RADIO_ORDER, sampleOrder, sampleText } from '../meters/sample-text.js'
import { SteadySerial } from '../meters/steady-serial.js'
import { Envelope } from '../mqttcrypto/envelope.js'
import { ReplayGuard } from '../mqttcrypto/replay-guard.js'
import { PORTAL_ADDRESS } from '../portal/address.js'
import { Portal, type PortalBinding } from '../portal/portal.js'
import type { SystemPort } from '../ports/system.js'
import { SettingsStore } from '../storage/settings.js'
import type { SlotError } from '../storage/slots.js'
import { WallClock } from '../time/wall-clock.js'
import type { AccessPoint } from '../uplink/access-point.js'
import { withRebootReason } from '../uplink/reboot-mark.js'
import type { Station } from '../uplink/station.js'
import { Uplink } from '../uplink/uplink.js'
import type { Flags } from './flags.js'
import { Identity, NAME_PREFIX } from './identity.js'
import { Metering } from './metering.js'
import type { Part } from './part.js'
import { PortalModel } from './portal-model.js'
import type { Ports } from './ports.js'
import { modelText, RELEASE } from './version.js'

/** Reset reasons after which somebody may want to set the device up. */
const POWER_ON = 0
const RESET_PIN = 6

/** How long the portal is open after power-on. */
const WINDOW = 120_000
const SHORT_WINDOW = 2_000
const PORTAL_KEY_BYTES = 8

/** The light when a MULTICAL 66 has not answered. */
const TIMEOUT_FLASH = 1_000

/** Leaves the meter time to finish a reply before the restart. */
const RESTART_DELAY = 16_000

/** The firmware: a list of parts. It reads the meter, publishes what the meter says and does what it is told. */
export class Firmware implements Device {
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
  #identity: Identity
  #steadySerial = new SteadySerial()
  #metering: Metering
  #uplink: Uplink
  #portal: Portal | undefined
  #portalModel: PortalModel | undefined
  #parts: readonly Part[]

  /** Puts the valve into its stored state before anything else happens. */
  constructor(ports: Ports, flags: Flags) {
    const { clock, crypto, storage, log } = ports
    const random = () => crypto.random(1)[0]! / 256
    this.#ports = ports
    this.#flags = flags
    this.system = withRebootReason(ports.system, storage)
    this.version = `${ports.system.sdk}-${RELEASE}-${ports.system.network}-${modelText(flags)}`
    const led = new Led(clock, ports.led)
    const isImpulse = flags.meter === 'impulse'
    const showsValve = flags.ledOnAc && !isImpulse
    this.#light = new StatusLight(showsValve ? new Led(clock, { write() {} }) : led)

    const guard = new ReplayGuard(storage)
    const onFlashError = (error: SlotError) => this.#onFlashError(error)
    this.settings = new SettingsStore({ storage, clock, beforeWrite: () => guard.flush(), onFlashError })
    const actuator = createActuator(ports, flags, showsValve ? led : undefined)
    this.valve = new Valve({
      settings: this.settings,
      actuator,
      flow: flags.flowMeter,
      autoClose: flags.autoClose,
      onAutoClose: () => this.publish('status', this.valve.status),
      onLimitMoved: () => {
        this.publish('open_until', this.valve.limitText)
        this.publish('status', this.valve.status)
      },
      onNoTotal: (reason) => {
        log(`valve: no total: ${reason}`)
        if (flags.autoClose) this.publish('limit_error', reason)
      },
    })
    if (flags.acTest) this.valve.test()

    this.#wallClock = new WallClock(clock)
    // Without this, samples taken while the network stays down across two restarts of the watchdog could not be dated.
    const kept = ports.system.keptTime()
    if (kept !== undefined) this.#wallClock.set(kept)
    const envelope = new Envelope(crypto, flags.key)
    this.#delivery = new Delivery({ clock, wallClock: this.#wallClock, envelope, flash: ports.flash, random })
    this.#identity = new Identity({
      prefix: isImpulse ? NAME_PREFIX.impulse : NAME_PREFIX.meter,
      isPadded: !isImpulse,
      known: () => this.#knownSerial(),
      onChanged: () => {
        if (this.#portal !== undefined) this.#portal.name = this.#identity.networkName
        this.#uplink.rename()
      },
    })
    const receiver = new CommandReceiver({
      clock,
      envelope,
      log,
      guard,
      commands: commandsOf({ impulse: isImpulse, cron: flags.cron, stackTrace: flags.stackTrace }),
      device: this,
      now: () => this.#wallClock.now(),
    })
    this.cron = new Cron({
      clock,
      log,
      settings: this.settings,
      now: () => this.#wallClock.exact(),
      commands: Object.keys(JOBS),
      run: (name, params) => {
        log(`cron: ${name}`)
        if (hasName(JOBS, name)) JOBS[name]!(this, () => {}, params)
      },
      act: (step) => receiver.act(step),
    })
    const steps = [
      () => this.publish('version', this.version),
      () => this.publish('uptime', String(this.uptime())),
      () => this.publish('reset_reason', resetReasonText(this.system)),
    ]
    if (!isImpulse) steps.push(() => this.publish('status', this.valve.status))
    this.#uplink = new Uplink({
      ...ports,
      random,
      settings: this.settings,
      light: this.#light,
      delivery: this.#delivery,
      mayReboot: !isImpulse,
      announcement: steps,
      name: () => this.#identity.serial,
      freeHeap: () => this.system.freeHeap(),
      unix: () => this.#wallClock.unix(),
      onTime: (unix) => {
        this.#wallClock.set(unix)
        ports.system.keepTime(unix)
        this.cron.wait()
      },
      onConnected: () => {
        this.#metering.onConnected()
        this.#portalModel?.onBrokerConnected()
      },
      onMessage: (topic, payload) => receiver.onMessage(topic, payload),
      restart: () => this.restart(),
    })
    this.station = this.#uplink.station
    this.accessPoint = this.#uplink.accessPoint
    this.#metering = new Metering({
      ports: { ...ports, light: this.#light, onFlashError },
      flags,
      settings: this.settings,
      random,
      seconds: () => this.#wallClock.now() ?? this.uptime(),
      onReading: (reading, at) => this.#onReading(reading, at),
      onFailure: () => {
        if (flags.meter === 'mc66c' || flags.meter === 'mc66b') this.#light.flash(TIMEOUT_FLASH)
        this.#identity.useKnown()
      },
      onRadioReading: (reading, at) => this.#onRadioReading(reading, at),
      onInfo: (serial, text, at) => this.#delivery.message(Kind.MeterInfo, serial, at, text),
      onBattery: (millivolt) => {
        if (this.#identity.serial !== '') this.publish('concentrator', `battery=${millivolt} mV&`)
      },
    })
    this.#parts = [
      guard,
      this.settings,
      { close: () => this.#light.off() },
      actuator,
      this.#delivery,
      receiver,
      { start: () => this.#useUnasked(), close: () => this.cron.stop() },
      this.#metering,
      this.#uplink,
      ...(ports.portal === undefined ? [] : this.#createPortal(ports.portal)),
    ]
  }

  /** The serial number that names the device, at least 7 digits; empty until the meter was asked once. */
  get serial(): string {
    return this.#identity.serial
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

  save(): void {
    this.settings.flush()
    this.#metering.save()
  }

  publish(name: string, text: string): void {
    this.#delivery.message(name, this.#identity.serial, this.#ports.clock.now(), text)
  }

  networkQuality(): string {
    return this.#uplink.quality()
  }

  reconnect(): void {
    this.#uplink.reconnect()
  }

  restart(): void {
    this.close()
    this.#ports.clock.set(() => this.system.restart(), RESTART_DELAY)
  }

  #onReading(reading: Reading, at: number): void {
    const isImpulse = this.#flags.meter === 'impulse'
    const known = isImpulse ? reading.serial : this.settings.values.serial
    const readings = this.#steadySerial.take(reading, at, known)
    if (readings.length === 0) this.#ports.log(`meter: serial number ${reading.serial}, not ${known}`)
    for (const one of readings) {
      this.#identity.use(one.reading.serial)
      if (!isImpulse) this.settings.update({ serial: one.reading.serial })
      const text = sampleText(one.reading, this.system.freeHeap(), sampleOrder(this.#flags))
      this.#delivery.sample(this.#identity.serial, one.at, text)
      if (!isImpulse) this.valve.onReading(one.reading, one.at)
    }
  }

  /** A radio meter's samples go under its own number; the first of a device without another meter has the valve. */
  #onRadioReading(reading: Reading, at: number): void {
    const text = sampleText(reading, this.system.freeHeap(), RADIO_ORDER)
    this.#delivery.sample(reading.serial, at, text)
    if (this.#flags.meter !== 'flowiq' || reading.serial !== this.#identity.serial) return
    this.#metering.statistics.onReading(reading, at)
    this.valve.onReading(reading, at)
  }

  #onFlashError({ calculated, saved }: SlotError): void {
    const text = `calculated_crc=0x${calculated.toString(16)}&saved_crc=0x${saved.toString(16)}`
    this.#ports.log(`flash error: ${text}`)
    if (this.#identity.serial !== '') this.publish('flash_error', text)
  }

  #knownSerial(): string {
    const { meter, serial } = this.#flags
    const { values } = this.settings
    if (meter === 'flowiq') return this.#metering.radio?.meters[0]?.id ?? serial
    return (meter === 'impulse' ? values.impulseSerial : values.serial) || serial
  }

  /** There is nobody to ask for the number of an impulse meter or of a radio meter: it is what set-up or build says. */
  #useUnasked(): void {
    const { meter } = this.#flags
    if (meter === 'impulse' || meter === 'flowiq') this.#identity.renew()
  }

  #createPortal(binding: PortalBinding): Part[] {
    const { clock, log } = this.#ports
    const model = new PortalModel({
      clock,
      version: this.version,
      settings: this.settings,
      station: this.station,
      meter: this.#metering.meter,
      meterLog: this.#metering.statistics,
      flow: this.#flags.flowMeter,
      water: this.#metering.radio,
      builtIn: this.#flags.waterMeters,
      serial: () => this.#identity.serial,
      brokerConnected: () => this.#uplink.connected,
      reconnect: () => this.reconnect(),
      onMetersChanged: () => this.#useUnasked(),
    })
    const portal = new Portal({
      clock,
      log,
      binding,
      window: this.#flags.shortWebConfigTime ? SHORT_WINDOW : WINDOW,
      device: model,
      openNetwork: (name) => this.accessPoint.overrideWith(name, this.#portalPassword(), PORTAL_ADDRESS),
      closeNetwork: () => this.accessPoint.restore(),
      onClient: (isThere) => {
        this.station.quiet = isThere
        this.#metering.pauseRadio(isThere)
      },
      onOpen: (isOpen) => this.#light.set('portal', isOpen),
    })
    this.#portal = portal
    this.#portalModel = model
    const { resetReason } = this.system
    return [
      model,
      { start: () => portal.start(resetReason === POWER_ON || resetReason === RESET_PIN), close: () => portal.stop() },
    ]
  }

  /** The user's own portal password, or else the first half of the master key (docs/protocol/sealing.md, "Keys"). */
  #portalPassword(): string {
    return this.settings.values.portalPassword || toHex(this.#flags.key, 0, PORTAL_KEY_BYTES)
  }
}

/** Impulse builds have no actuator; their outputs are left alone. */
function createActuator({ clock, ac1, ac2 }: Ports, flags: Flags, led: Led | undefined): Actuator {
  const isImpulse = flags.meter === 'impulse'
  return new Actuator({
    clock,
    ac1: isImpulse ? { write() {} } : ac1,
    ac2: flags.thermoOnAc2 && !isImpulse ? ac2 : undefined,
    normallyOpen: flags.thermoNormallyOpen,
    led,
  })
}
