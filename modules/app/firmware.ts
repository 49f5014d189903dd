import { Concentrator } from '../ble/concentrator.js'
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
import type { Meter, Reading } from '../meters/meter.js'
import { RADIO_ORDER, sampleOrder, sampleText } from '../meters/sample-text.js'
import { Sampler } from '../meters/sampler.js'
import { MeterLog } from '../meters/statistics.js'
import { Envelope } from '../mqttcrypto/envelope.js'
import { ReplayGuard } from '../mqttcrypto/replay-guard.js'
import { Portal, type PortalPlace } from '../portal/portal.js'
import type { BlePort } from '../ports/ble.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { CryptoPort } from '../ports/crypto.js'
import type { FlashPort } from '../ports/flash.js'
import type { ImpulsePort } from '../ports/impulse.js'
import type { MqttConnect } from '../ports/mqtt.js'
import type { OutputPort } from '../ports/output.js'
import type { SerialPort } from '../ports/serial.js'
import type { StoragePort } from '../ports/storage.js'
import type { SystemPort } from '../ports/system.js'
import type { QueryTime } from '../ports/time.js'
import type { WifiPort } from '../ports/wifi.js'
import { mergeMeters, parseMeters } from '../radio/meter-list.js'
import { RadioMeters } from '../radio/radio-meters.js'
import { SettingsStore } from '../storage/settings.js'
import type { SlotError } from '../storage/slots.js'
import { TimeKeeper } from '../time/time-keeper.js'
import { WallClock } from '../time/wall-clock.js'
import { AccessPoint } from '../uplink/access-point.js'
import { candidatesOf, withCredentials, withProof } from '../uplink/credentials.js'
import { Quality } from '../uplink/ping-statistics.js'
import { markReboot, withRebootReason } from '../uplink/reboot-mark.js'
import { MqttSession } from '../uplink/session.js'
import { Station } from '../uplink/station.js'
import { type Remedy, Watchdog } from '../uplink/watchdog.js'
import type { Flags } from './flags.js'
import { createMeter } from './meter.js'
import { SetUp } from './portal-model.js'
import { modelText, RELEASE } from './version.js'

/** Everything of the world that the firmware touches. */
export interface Ports {
  readonly clock: Clock
  readonly serial: SerialPort
  readonly crypto: CryptoPort
  readonly connect: MqttConnect
  readonly wifi: WifiPort
  readonly queryTime: QueryTime
  readonly storage: StoragePort
  /** Where samples wait over power-off; without it they wait in memory. */
  readonly flash: FlashPort | undefined
  readonly system: SystemPort
  /** The impulse input, in builds for impulse meters. */
  readonly impulses: ImpulsePort | undefined
  /** In builds for a concentrator, on a host that has BLE. */
  readonly ble: BlePort | undefined
  /** Where the set-up pages are; without it there are none. */
  readonly portal: PortalPlace | undefined
  /** AC outputs 1 and 2, and the board's light. */
  readonly ac1: OutputPort
  readonly ac2: OutputPort
  readonly led: OutputPort
  log(text: string): void
}

/** Reset reasons after which somebody may want to set the device up. */
const POWER_ON = 0
const RESET_PIN = 6

/** How long the portal is open after power-on. */
const WINDOW = 120_000
const SHORT_WINDOW = 2_000
const PORTAL_KEY_BYTES = 8

const FIRST_SAMPLE_AFTER_CONNECT = 1_100
const SUBSCRIBE_AFTER_CONNECT = 2_000
const ANNOUNCEMENT_SPACING = 100

/** The light when a MULTICAL 66 has not answered. */
const TIMEOUT_FLASH = 1_000

/** The meter may be talking; it gets the time to finish. */
const RESTART_DELAY = 16_000

/** The firmware: reads the meter, publishes what it says and does what it is told. */
export class Application implements Device {
  readonly version: string
  readonly system: SystemPort
  readonly settings: SettingsStore
  readonly station: Station
  readonly accessPoint: AccessPoint
  readonly valve: Valve
  readonly cron: Cron
  readonly light: StatusLight
  readonly watchdog: Watchdog
  #quality = new Quality()
  #ports: Ports
  #flags: Flags
  #wallClock: WallClock
  #guard: ReplayGuard
  #receiver: CommandReceiver
  #actuator: Actuator
  #outbox = new Outbox()
  #journal: Journal | undefined
  #session: MqttSession
  #meter: Meter
  #sampler: Sampler
  #water: RadioMeters | undefined
  #concentrator: Concentrator | undefined
  #timeKeeper: TimeKeeper
  #meterLog: MeterLog
  #setUp: SetUp | undefined
  #portal: Portal | undefined
  #serial = ''
  #announcement: Timer | undefined

  /** Puts the valve into its stored state before anything else happens. */
  constructor(ports: Ports, flags: Flags) {
    const { clock, crypto, storage, wifi, log } = ports
    const random = () => crypto.random(1)[0]! / 256
    const onFlashError = ({ calculated, saved }: SlotError) => {
      const text = `calculated_crc=0x${calculated.toString(16)}&saved_crc=0x${saved.toString(16)}`
      log(`flash error: ${text}`)
      if (this.#serial !== '') this.publish('flash_error', text)
    }
    this.#ports = ports
    this.#meterLog = new MeterLog(clock)
    this.#flags = flags
    this.system = withRebootReason(ports.system, storage)
    this.version = `${ports.system.sdk}-${RELEASE}-${ports.system.network}-${modelText(flags)}`
    const led = new Led(clock, ports.led)
    const showsValve = flags.ledOnAc && flags.meter !== 'impulse'
    this.light = new StatusLight(showsValve ? new Led(clock, { write() {} }) : led)
    this.#guard = new ReplayGuard(storage, clock)
    this.settings = new SettingsStore({
      storage,
      clock,
      beforeWrite: () => this.#guard.flush(),
      onFlashError,
    })
    this.#actuator = createActuator(ports, flags, showsValve ? led : undefined)
    this.valve = new Valve({
      settings: this.settings,
      actuator: this.#actuator,
      flow: flags.flowMeter,
      autoClose: flags.autoClose,
      onAutoClose: () => this.publish('status', this.valve.status),
    })
    if (flags.acTest) this.valve.test()

    this.#wallClock = new WallClock(clock)
    // A day's samples could not be dated else, where the network is away so long that the watchdog restarts twice.
    const kept = ports.system.keptTime()
    if (kept !== undefined) this.#wallClock.set(kept)
    this.cron = new Cron({
      clock,
      log,
      settings: this.settings,
      now: () => this.#wallClock.exact(),
      run: (name, params) => {
        log(`cron: ${name}`)
        if (hasName(JOBS, name)) JOBS[name]!(this, () => {}, params)
      },
      act: (step) => this.#receiver.act(step),
    })
    const envelope = new Envelope(crypto, flags.key)
    const { flash } = ports
    this.#journal =
      flash &&
      new Journal({
        flash,
        clock,
        seal: (topic, text) => envelope.seal(topic, text),
        unix: (at) => this.#wallClock.at(at),
        onReady: () => this.#session.pump(),
        onRefused: (sample) => {
          this.#outbox.push(sample)
          this.#session.pump()
        },
      })
    this.#receiver = new CommandReceiver({
      clock,
      envelope,
      log,
      guard: this.#guard,
      commands: commandsOf({ impulse: flags.meter === 'impulse', cron: flags.cron, stackTrace: flags.stackTrace }),
      device: this,
      now: () => this.#wallClock.now(),
    })
    this.#session = new MqttSession({
      clock,
      log,
      random,
      connect: ports.connect,
      outbox: this.#outbox,
      stored: this.#journal,
      broker: () => {
        const { mqttHost, mqttPort, mqttUser, mqttPassword } = this.settings.values
        return { host: mqttHost, port: mqttPort, user: mqttUser, password: mqttPassword }
      },
      seal: ({ prefix, at, text }) => {
        const time = this.#wallClock.at(at)
        if (time === undefined) return undefined
        const topic = prefix + time
        return { topic, payload: envelope.seal(topic, text) }
      },
      onOpening: (possible) => this.light.set('broken', !possible),
      onLost: () => this.watchdog.count('tcp'),
      onReached: () => this.watchdog.reached(),
      onHeard: () => this.watchdog.heard(),
      onPing: (ms) => (ms === undefined ? this.#quality.lost() : this.#quality.answered(ms)),
      onConnected: () => this.#onConnected(),
      onMessage: (topic, payload) => this.#receiver.onMessage(topic, payload),
    })
    this.#meter = createMeter(
      { ...ports, light: this.light, onFlashError },
      flags,
      () => this.settings.values,
      () => this.#wallClock.now() ?? this.uptime(),
    )
    this.#sampler = new Sampler({
      clock,
      meter: this.#meter,
      onReading: (reading, at) => this.#onReading(reading, at),
      onFailure: (error) => {
        log(`meter: ${error}`)
        this.#meterLog.onFailure(error)
        if (flags.meter === 'mc66c' || flags.meter === 'mc66b') this.light.flash(TIMEOUT_FLASH)
        this.#beCalled(this.#serial || this.#knownSerial())
      },
    })
    if (ports.ble !== undefined) this.#openRadioMeters(ports.ble, random)
    this.accessPoint = new AccessPoint(clock, wifi, this.settings)
    this.station = new Station({
      clock,
      log,
      random,
      wifi,
      candidates: () => candidatesOf(this.settings.values),
      adopt: (credentials) => void this.settings.update(withCredentials(this.settings.values, credentials)),
      onUp: () => {
        this.light.set('restarting', false)
        this.light.set('joiningFallback', this.station.choice === 'fallback')
        this.accessPoint.update()
        this.#timeKeeper.start()
        this.#connect()
      },
      onDown: () => {
        this.light.set('joiningFallback', false)
        this.light.set('fallback', false)
        this.#timeKeeper.stop()
        this.#session.stop()
      },
    })
    this.#timeKeeper = new TimeKeeper({
      clock,
      log,
      random,
      query: ports.queryTime,
      onTime: (unix) => {
        this.watchdog.reached()
        this.#wallClock.set(unix)
        ports.system.keepTime(unix)
        this.#journal?.noteTime()
        this.cron.wait()
        this.#session.pump()
      },
    })
    if (ports.portal !== undefined) this.#portal = this.#createPortal(ports.portal)
    this.watchdog = new Watchdog({
      clock,
      log,
      isActive: () => this.station.isSetUp && !this.station.quiet,
      hasOther: () => candidatesOf(this.settings.values).length > 1,
      mayReboot: flags.meter !== 'impulse',
      freeHeap: () => this.system.freeHeap(),
      apply: (remedy) => this.#apply(remedy),
    })
  }

  /** The serial number that names the device, at least 7 digits; empty until the meter was asked once. */
  get serial(): string {
    return this.#serial
  }

  start(): void {
    // There is nobody to ask for the number of an impulse meter or of a radio meter.
    const { meter } = this.#flags
    if (meter === 'impulse' || meter === 'flowiq') this.#beCalled(this.#knownSerial())
    this.#sampler.start()
    this.#concentrator?.resume()
    this.station.start()
    this.watchdog.start()
    const { resetReason } = this.system
    this.#portal?.start(resetReason === POWER_ON || resetReason === RESET_PIN)
  }

  /** Ends everything in order; what was not yet written is. The valve stays as it is. */
  close(): void {
    this.#ports.clock.clear(this.#announcement)
    this.cron.stop()
    this.watchdog.stop()
    this.#portal?.stop()
    this.#setUp?.close()
    this.#sampler.stop()
    this.#concentrator?.close()
    this.#water?.close()
    this.station.stop()
    this.accessPoint.close()
    this.#timeKeeper.stop()
    this.#session.stop()
    this.#receiver.close()
    this.#journal?.close()
    this.#actuator.close()
    this.light.off()
    this.settings.close()
    this.#guard.close()
  }

  uptime(): number {
    return Math.floor(this.#ports.clock.now() / 1000)
  }

  save(): void {
    this.settings.flush()
    this.#meter.save?.()
    this.#water?.save()
  }

  publish(name: string, text: string): void {
    this.#push(`/${name}/v2/${this.#serial}/`, this.#ports.clock.now(), text)
  }

  /** How well the broker answers, and what was tried when it did not. */
  networkQuality(): string {
    return `${this.#quality.text()}&disconnect_count=${this.station.disconnectCount}&${this.watchdog.text()}`
  }

  reconnect(): void {
    this.#session.stop()
    this.#connect()
  }

  restart(): void {
    this.close()
    this.#ports.clock.set(() => this.system.restart(), RESTART_DELAY)
  }

  #apply(remedy: Exclude<Remedy, 'tcp'>): void {
    switch (remedy) {
      case 'mqtt':
        // An answer about the time would tell that the network works.
        if (this.station.up) this.#timeKeeper.start()
        return this.reconnect()
      case 'address':
        return this.#ports.wifi.renewAddress()
      case 'access_point':
        return this.station.joinNext()
      case 'radio':
        this.light.set('restarting', true)
        return this.station.restartRadio()
      case 'reboot':
        markReboot(this.#ports.storage)
        this.restart()
    }
  }

  #onReading(reading: Reading, at: number): void {
    this.#meterLog.onReading(reading, at)
    this.#beCalled(reading.serial)
    if (this.#flags.meter !== 'impulse') this.settings.update({ serial: reading.serial })
    const text = sampleText(reading, this.system.freeHeap(), sampleOrder(this.#flags))
    this.#pushSample(this.#serial, at, text)
    if (this.#flags.meter !== 'impulse') this.valve.onReading(reading)
  }

  #createPortal(place: PortalPlace): Portal {
    const { clock, log } = this.#ports
    this.#setUp = new SetUp({
      clock,
      version: this.version,
      settings: this.settings,
      station: this.station,
      meter: this.#meter,
      meterLog: this.#meterLog,
      flow: this.#flags.flowMeter,
      water: this.#water,
      builtIn: this.#flags.waterMeters,
      serial: () => this.#serial,
      brokerConnected: () => this.#session.connected,
      reconnect: () => this.reconnect(),
      onMetersChanged: () => {
        const { meter } = this.#flags
        if (meter === 'impulse' || meter === 'flowiq') this.#beCalled(this.#knownSerial())
      },
    })
    return new Portal({
      clock,
      log,
      place,
      window: this.#flags.shortWebConfigTime ? SHORT_WINDOW : WINDOW,
      device: this.#setUp,
      openNetwork: (name) => this.accessPoint.lend(name, this.#portalPassword()),
      closeNetwork: () => this.accessPoint.giveBack(),
      onClient: (isThere) => {
        this.station.quiet = isThere
        // BLE and the access point share the radio.
        if (isThere) this.#concentrator?.pause()
        else this.#concentrator?.resume()
      },
      onOpen: (isOpen) => this.light.set('portal', isOpen),
    })
  }

  /** An own one, or the first half of the master key (mqtt.md 6.2). */
  #portalPassword(): string {
    return this.settings.values.portalPassword || toHex(this.#flags.key, 0, PORTAL_KEY_BYTES)
  }

  #openRadioMeters(ble: BlePort, random: () => number): void {
    const { clock, crypto, storage, log } = this.#ports
    const flags = this.#flags
    const water = new RadioMeters({
      clock,
      crypto,
      storage,
      meters: () => {
        const stored = parseMeters(this.settings.values.waterMeters.join(','))
        if (!stored.ok) log(`settings: ${stored.error}`)
        return mergeMeters(flags.waterMeters, stored.ok ? stored.value : [])
      },
      onReading: (reading, at) => this.#onRadioReading(reading, at),
      onInfo: (id, text, at) => this.#push(`/meter_info/v2/${id}/`, at, text),
    })
    this.#water = water
    this.#concentrator = new Concentrator({
      ble,
      clock,
      random,
      log,
      name: () => flags.concentrator ?? this.settings.values.concentrator,
      onTelegram: (record, age) => water.hear(record, age),
      onBattery: (millivolt) => {
        if (this.#serial !== '') this.publish('concentrator', `battery=${millivolt} mV&`)
      },
    })
  }

  /** A radio meter's samples go under its own number; the first of a device without another meter has the valve. */
  #onRadioReading(reading: Reading, at: number): void {
    const text = sampleText(reading, this.system.freeHeap(), RADIO_ORDER)
    this.#pushSample(reading.serial, at, text)
    if (this.#flags.meter !== 'flowiq' || reading.serial !== this.#serial) return
    this.#meterLog.onReading(reading, at)
    this.valve.onReading(reading)
  }

  /** Into flash, where it outlives a power cut until it is delivered; without flash it waits in memory. */
  #pushSample(serial: string, at: number, text: string): void {
    const sample = { prefix: `/sample/v2/${serial}/`, at, text }
    if (this.#journal === undefined) this.#outbox.push(sample)
    else this.#journal.append(sample)
    this.#session.pump()
  }

  #push(prefix: string, at: number, text: string): void {
    this.#outbox.push({ prefix, at, text })
    this.#session.pump()
  }

  /** Before the meter has told its number: the last it told, or what set-up or build says. */
  #knownSerial(): string {
    const { serial, impulseSerial } = this.settings.values
    if (this.#flags.meter === 'flowiq') return this.#water?.meters[0]?.id ?? this.#flags.serial
    return (this.#flags.meter === 'impulse' ? impulseSerial : serial) || this.#flags.serial
  }

  /** The serial number names the device: as MQTT client, in every topic and its access point. */
  #beCalled(serial: string): void {
    // The number of an impulse meter is a text that somebody has chosen.
    const name = this.#flags.meter === 'impulse' ? serial : serial.padStart(7, '0')
    if (name === this.#serial) return
    this.#serial = name
    this.accessPoint.serial = name
    if (this.#portal !== undefined) this.#portal.name = this.#flags.meter === 'impulse' ? `EL_${name}` : `KAM_${name}`
    this.#connect()
  }

  #connect(): void {
    if (this.station.up && this.#serial !== '') this.#session.start(this.#serial)
  }

  #onConnected(): void {
    const choice = this.station.choice
    if (choice !== undefined) this.settings.update(withProof(choice))
    this.light.set('joiningFallback', false)
    this.light.set('fallback', choice === 'fallback')
    this.#sampler.restart(FIRST_SAMPLE_AFTER_CONNECT)
    const steps = [
      () => this.#session.subscribe(),
      () => this.publish('version', this.version),
      () => this.publish('uptime', String(this.uptime())),
      () => this.publish('reset_reason', resetReasonText(this.system)),
    ]
    if (this.#flags.meter !== 'impulse') steps.push(() => this.publish('status', this.valve.status))
    const { clock } = this.#ports
    const next = (step: number) => {
      if (!this.#session.connected) return
      steps[step]?.()
      if (step + 1 < steps.length) this.#announcement = clock.set(() => next(step + 1), ANNOUNCEMENT_SPACING)
    }
    clock.clear(this.#announcement)
    this.#announcement = clock.set(() => next(0), SUBSCRIBE_AFTER_CONNECT)
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
