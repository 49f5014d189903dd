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
import { Journal } from '../delivery/journal/journal.js'
import { Outbox } from '../delivery/outbox.js'
import { Led } from '../led/led.js'
import { StatusLight } from '../led/status-light.js'
import { HEAT_METER_QUANTITIES } from '../meters/driver.js'
import type { Reading } from '../meters/meter.js'
import { sampleText } from '../meters/sample-text.js'
import { Envelope } from '../mqttcrypto/envelope.js'
import { ReplayGuard } from '../mqttcrypto/replay-guard.js'
import { Portal, type PortalPlace } from '../portal/portal.js'
import type { SystemPort } from '../ports/system.js'
import { SettingsStore } from '../storage/settings.js'
import type { SlotError } from '../storage/slots.js'
import { WallClock } from '../time/wall-clock.js'
import type { AccessPoint } from '../uplink/access-point.js'
import { withRebootReason } from '../uplink/reboot-mark.js'
import type { Station } from '../uplink/station.js'
import { Uplink } from '../uplink/uplink.js'
import type { Flags } from './flags.js'
import { Identity } from './identity.js'
import { Metering } from './metering.js'
import type { Part } from './part.js'
import { SetUp } from './portal-model.js'
import type { Ports } from './ports.js'
import { modelText, RELEASE } from './version.js'

/** Reset reasons after which somebody may want to set the device up. */
const POWER_ON = 0
const RESET_PIN = 6

/** How long the portal is open after power-on. */
const WINDOW = 120_000
const SHORT_WINDOW = 2_000
const PORTAL_KEY_BYTES = 8

/** How long the light flashes when the meter has not answered. */
const FAILURE_FLASH = 1_000

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
  #outbox = new Outbox()
  #journal: Journal | undefined
  #identity: Identity
  #metering: Metering
  #uplink: Uplink
  #portal: Portal | undefined
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
    const { driver } = flags
    const showsValve = flags.ledOnAc && driver.hasValve
    this.#light = new StatusLight(showsValve ? new Led(clock, { write() {} }) : led)

    const guard = new ReplayGuard(storage, clock)
    const onFlashError = (error: SlotError) => this.#onFlashError(error)
    this.settings = new SettingsStore({ storage, clock, beforeWrite: () => guard.flush(), onFlashError })
    const actuator = createActuator(ports, flags, showsValve ? led : undefined)
    this.valve = new Valve({
      settings: this.settings,
      actuator,
      flow: flags.flowMeter,
      autoClose: flags.autoClose,
      onAutoClose: () => this.publish('status', this.valve.status),
    })
    if (flags.acTest) this.valve.test()

    this.#wallClock = new WallClock(clock)
    // Without this, samples taken while the network stays down across two restarts of the watchdog could not be dated.
    const kept = ports.system.keptTime()
    if (kept !== undefined) this.#wallClock.set(kept)
    const envelope = new Envelope(crypto, flags.key)
    this.#journal = this.#openJournal(envelope)
    this.#identity = new Identity({
      driver,
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
      commands: commandsOf({ ...driver, cron: flags.cron, stackTrace: flags.stackTrace }),
      device: this,
      now: () => this.#wallClock.now(),
    })
    this.cron = new Cron({
      clock,
      log,
      settings: this.settings,
      now: () => this.#wallClock.exact(),
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
    if (driver.hasValve) steps.push(() => this.publish('status', this.valve.status))
    this.#uplink = new Uplink({
      ...ports,
      random,
      settings: this.settings,
      light: this.#light,
      outbox: this.#outbox,
      stored: this.#journal,
      mayReboot: !driver.counts,
      announcement: steps,
      name: () => this.#identity.serial,
      seal: ({ prefix, at, text }) => {
        const time = this.#wallClock.at(at)
        if (time === undefined) return undefined
        const topic = prefix + time
        return { topic, payload: envelope.seal(topic, text) }
      },
      freeHeap: () => this.system.freeHeap(),
      onTime: (unix) => {
        this.#wallClock.set(unix)
        ports.system.keepTime(unix)
        this.#journal?.noteTime()
        this.cron.wait()
      },
      onConnected: () => this.#metering.onConnected(),
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
        if (driver.flashesOnFailure) this.#light.flash(FAILURE_FLASH)
        this.#identity.useKnown()
      },
      onRadioReading: (reading, at) => this.#onRadioReading(reading, at),
      onInfo: (serial, text, at) => this.#push(`/meter_info/v2/${serial}/`, at, text),
      onBattery: (millivolt) => {
        if (this.#identity.serial !== '') this.publish('concentrator', `battery=${millivolt} mV&`)
      },
    })
    this.#parts = [
      guard,
      this.settings,
      { close: () => this.#light.off() },
      actuator,
      ...(this.#journal === undefined ? [] : [this.#journal]),
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
    this.#push(`/${name}/v2/${this.#identity.serial}/`, this.#ports.clock.now(), text)
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

  #openJournal(envelope: Envelope): Journal | undefined {
    const { clock, flash } = this.#ports
    if (flash === undefined) return undefined
    return new Journal({
      flash,
      clock,
      seal: (topic, text) => envelope.seal(topic, text),
      unix: (at) => this.#wallClock.at(at),
      onReady: () => this.#uplink.pump(),
      onRefused: (sample) => {
        this.#outbox.push(sample)
        this.#uplink.pump()
      },
    })
  }

  #onReading(reading: Reading, at: number): void {
    const { driver, flowMeter } = this.#flags
    this.#identity.use(reading.serial)
    if (driver.tellsSerial) this.settings.update({ serial: reading.serial })
    const order = flowMeter ? driver.quantities.flow : driver.quantities.heat
    const text = sampleText(reading, this.system.freeHeap(), order)
    this.#pushSample(this.#identity.serial, at, text)
    if (driver.hasValve) this.valve.onReading(reading)
  }

  /** Samples of a radio meter beside the device's own meter go under the radio meter's number. */
  #onRadioReading(reading: Reading, at: number): void {
    const text = sampleText(reading, this.system.freeHeap(), HEAT_METER_QUANTITIES.heat)
    this.#pushSample(reading.serial, at, text)
  }

  #onFlashError({ calculated, saved }: SlotError): void {
    const text = `calculated_crc=0x${calculated.toString(16)}&saved_crc=0x${saved.toString(16)}`
    this.#ports.log(`flash error: ${text}`)
    if (this.#identity.serial !== '') this.publish('flash_error', text)
  }

  /** Into flash, where a sample outlives a power cut until it is delivered; without flash it waits in memory. */
  #pushSample(serial: string, at: number, text: string): void {
    const sample = { prefix: `/sample/v2/${serial}/`, at, text }
    if (this.#journal === undefined) this.#outbox.push(sample)
    else this.#journal.append(sample)
    this.#uplink.pump()
  }

  #push(prefix: string, at: number, text: string): void {
    this.#outbox.push({ prefix, at, text })
    this.#uplink.pump()
  }

  #knownSerial(): string {
    return this.#metering.source.serial ?? (this.settings.values.serial || this.#flags.serial)
  }

  /** The set-up or the build says the number of a meter that does not tell it: an impulse meter or a radio meter. */
  #useUnasked(): void {
    if (this.#metering.source.serial !== undefined) this.#identity.renew()
  }

  #createPortal(place: PortalPlace): Part[] {
    const { clock, log } = this.#ports
    const model = new SetUp({
      clock,
      version: this.version,
      settings: this.settings,
      station: this.station,
      count: this.#metering.source.count,
      statistics: this.#metering.statistics,
      water: this.#metering.radio?.meters,
      builtIn: this.#flags.waterMeters,
      serial: () => this.#identity.serial,
      brokerConnected: () => this.#uplink.connected,
      reconnect: () => this.reconnect(),
      onMetersChanged: () => this.#useUnasked(),
    })
    const portal = new Portal({
      clock,
      log,
      place,
      window: this.#flags.shortWebConfigTime ? SHORT_WINDOW : WINDOW,
      device: model,
      openNetwork: (name) => this.accessPoint.lend(name, this.#portalPassword()),
      closeNetwork: () => this.accessPoint.giveBack(),
      onClient: (isThere) => {
        this.station.quiet = isThere
        this.#metering.radio?.pause(isThere)
      },
      onOpen: (isOpen) => this.#light.set('portal', isOpen),
    })
    this.#portal = portal
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

/** The actuator leaves the outputs alone in builds without a valve. */
function createActuator({ clock, ac1, ac2 }: Ports, flags: Flags, led: Led | undefined): Actuator {
  const { hasValve } = flags.driver
  return new Actuator({
    clock,
    ac1: hasValve ? ac1 : { write() {} },
    ac2: flags.thermoOnAc2 && hasValve ? ac2 : undefined,
    normallyOpen: flags.thermoNormallyOpen,
    led,
  })
}
