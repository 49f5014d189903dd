import { Firmware } from '../modules/app/firmware.js'
import type { Flags } from '../modules/app/flags.js'
import type { Ports } from '../modules/app/ports.js'
import { RELEASE } from '../modules/app/version.js'
import { Envelope } from '../modules/mqttcrypto/envelope.js'
import type { PortalBinding } from '../modules/portal/portal.js'
import type { BlePort } from '../modules/ports/ble.js'
import type { Clock, Timer } from '../modules/ports/clock.js'
import type { CryptoPort } from '../modules/ports/crypto.js'
import type { FlashPort } from '../modules/ports/flash.js'
import type { MqttConnect, MqttConnection, MqttConnectOptions } from '../modules/ports/mqtt.js'
import { EXCEPTION, POWER_ON, RESTART } from '../modules/ports/reset-reason.js'
import type { SerialPort } from '../modules/ports/serial.js'
import type { StoragePort } from '../modules/ports/storage.js'
import type { TcpConnect, TcpConnection } from '../modules/ports/tcp.js'
import type { QueryTime } from '../modules/ports/time.js'
import type { WifiPort } from '../modules/ports/wifi.js'
import type { Settings } from '../modules/storage/settings.js'
import { SettingsStore } from '../modules/storage/settings-store.js'
import { BootClock } from './clock.js'
import { type CapturedNotification, SimulatedConcentrator } from './concentrator.js'
import { nodeCrypto } from './crypto.js'
import { type DeliveredMessage, watchDelivery } from './delivery.js'
import type { Household } from './heated-house.js'
import type { Host } from './host.js'
import { Flaw, makeImage } from './image.js'
import type { InstalledImage } from './image-check.js'
import { SimulatedImpulses } from './impulses.js'
import { SimulatedLine } from './line.js'
import { twinMeter } from './meters.js'
import { SimulatedMultical } from './multical.js'
import type { SimulatedMultical66 } from './multical66.js'
import { SimulatedOutput } from './output.js'
import { powered } from './powered.js'
import { RadioField } from './radio-field.js'
import { seededRandom } from './random.js'
import { inDeviceTime } from './sender-time.js'
import { RunningSlots, SimulatedSlots } from './slots.js'
import { twinSystem } from './system.js'
import { SimulatedTime } from './time.js'
import { nodeVerifier } from './verifier.js'
import type { SentTelegram } from './water-meter.js'
import { SimulatedWifi } from './wifi.js'

export interface TwinOptions {
  readonly flags: Flags
  /** Master key of a device whose image has none, to open what it sends and to seal commands. */
  readonly ownKey?: Uint8Array
  readonly clock: Clock
  readonly connect: MqttConnect
  readonly broker: {
    readonly host: string
    readonly port: number
    /** See `MqttConnectOptions`. */
    readonly certificate?: string
    /** Whom the device is to the broker; what its settings have without this. */
    readonly user?: string
    readonly password?: string
  }
  readonly storage: StoragePort
  readonly flash?: FlashPort
  /** Where images are; the twin has slots of its own without this. Empty ones get an image of this version. */
  readonly slots?: SimulatedSlots
  /** The network that updates come over; without it nobody answers. */
  readonly connectTcp?: TcpConnect
  /** Replaces the computer's, for random numbers that repeat. */
  readonly crypto?: CryptoPort
  /** A real line. Without it the twin simulates a meter. */
  readonly serial?: SerialPort
  /** This computer, where it is the device itself: its network in place of the simulated one, and what is known of it. */
  readonly host?: Host
  /** A real radio. Without it builds with BLE have a simulated concentrator. */
  readonly ble?: BlePort
  /** Unix milliseconds when the twin is switched on. */
  readonly unix: number
  /** Unix milliseconds of those who send commands, where their clock is not the device's; it is the device's without this. */
  readonly sendersUnix?: () => number
  /** Whether the device is as it leaves the factory, with no Wi-Fi network stored. */
  readonly fresh?: boolean
  /** Serial number of the simulated meter; without it the meter has SERIAL of the flags. */
  readonly meterSerial?: number
  /** Whose meter the simulated one is. */
  readonly household?: Household
  /** Replaces the simulated time server. */
  readonly queryTime?: QueryTime
  /** Where the twin serves the set-up pages; it has none without this. */
  readonly portal?: PortalBinding
  /** Meters of strangers that the concentrator hears beside ours. */
  readonly strangers?: number
  /** A recorded session of a concentrator, instead of a simulated one. */
  readonly capture?: Iterable<CapturedNotification>
  /** One of our radio meters sends. */
  onSent?(id: string, telegram: SentTelegram): void
  /** Seed of the simulated faults. */
  readonly seed?: number
  onDelivered?(message: DeliveredMessage & { readonly text: string }): void
  /** The broker has taken a message of this topic over; for those who need no text, which takes a while to open. */
  onTaken?(topic: string): void
  /** The firmware is about to start. */
  onBoot?(): void
  log?(text: string): void
}

/** From a crash to the next start. */
const CRASH_TIME = 1_000

const HOUR = 3_600_000

/** A board with the firmware on it and the simulated world around it. */
export class Twin {
  readonly envelope: Envelope
  readonly wifi: SimulatedWifi
  readonly time: SimulatedTime
  readonly line: SimulatedLine
  readonly ac1 = new SimulatedOutput()
  readonly ac2 = new SimulatedOutput()
  readonly led = new SimulatedOutput()
  readonly impulses = new SimulatedImpulses()
  /** The simulated heat meter at the line, in builds for one. */
  readonly heatMeter: SimulatedMultical | SimulatedMultical66 | undefined
  /** Only builds with BLE have a concentrator, where there is no real radio. */
  readonly concentrator: SimulatedConcentrator | undefined
  readonly slots: SimulatedSlots
  #options: TwinOptions
  #connect: MqttConnect
  /** On the world's clock, ms. */
  #switchedOn: number
  #air: RadioField | undefined
  #clock: BootClock
  /** The power of the boot that runs now. */
  #power = { on: true }
  #connection: MqttConnection | undefined
  /** Connections of this boot beside the broker's. */
  #tcp: TcpConnection[] = []
  /** The start after a reset. */
  #next: Timer
  #image!: InstalledImage
  /** ms from the world's clock to the Unix time that the machine keeps; undefined once power has gone. */
  #timeOffset: number | undefined
  #firmware: Firmware

  constructor(options: TwinOptions) {
    const { flags, clock, storage, household } = options
    this.#options = options
    this.#switchedOn = clock.now()
    this.envelope = new Envelope(nodeCrypto, (flags.key ?? options.ownKey)!)
    const { connect, sendersUnix } = options
    const ahead = () => (options.unix + clock.now() - this.#switchedOn - sendersUnix!()) / 1000
    this.#connect = sendersUnix === undefined ? connect : inDeviceTime(connect, { envelope: this.envelope, ahead })
    this.wifi = new SimulatedWifi(clock)
    this.line = new SimulatedLine(clock, seededRandom(options.seed ?? 1))
    const { line, impulses } = this
    const serial = options.meterSerial ?? Number(flags.serial)
    this.heatMeter = twinMeter(flags.driver.name).attach?.({ line, impulses, clock, serial, household })
    if (flags.ble && options.ble === undefined) [this.concentrator, this.#air] = createConcentrator(options)
    this.time = new SimulatedTime(clock, options.unix)
    if (!options.fresh) {
      const { host, port, certificate = '', user, password: brokerPassword = '' } = options.broker
      const { ssid, password } = options.host?.network ?? SimulatedWifi
      const access = user === undefined ? {} : { mqttUser: user, mqttPassword: brokerPassword }
      const broker = { mqttHost: host, mqttPort: port, mqttCertificate: certificate, mqttAnswered: true, ...access }
      new SettingsStore({ storage, clock }).update({ ssid, password, ...broker })
    }
    this.slots = options.slots ?? new SimulatedSlots()
    if (this.slots.images.every(({ covered }) => covered.length === 0))
      this.slots.install(makeImage({ version: RELEASE }))
    this.#clock = new BootClock(clock)
    this.#firmware = this.#boot(POWER_ON)
  }

  /** Only builds for KMP have this meter. */
  get multical(): SimulatedMultical | undefined {
    return this.heatMeter instanceof SimulatedMultical ? this.heatMeter : undefined
  }

  get serial(): string {
    return this.#firmware.serial
  }

  /** What the firmware has in its settings, written or not. */
  get settings(): Readonly<Settings> {
    return this.#firmware.settings.values
  }

  /** The firmware that runs now. */
  get firmware(): Firmware {
    return this.#firmware
  }

  /** The image that runs. */
  get image(): InstalledImage {
    return this.#image
  }

  start(): void {
    const { flaw } = this.#image
    if (flaw === Flaw.Crash) return this.#reset(EXCEPTION, CRASH_TIME)
    this.#firmware.start()
    if (flaw === Flaw.Hour) this.#clock.set(() => this.crash(), HOUR)
  }

  close(): void {
    this.#options.clock.clear(this.#next)
    this.#firmware.close()
    this.#air?.close()
    this.concentrator?.close()
  }

  /**
   * Takes power away and gives it back in `ms` milliseconds. The device loses what it has not written. Power may go in the
   * middle of anything that the firmware does; the rest of that has no effect.
   */
  powerCut(ms: number): void {
    this.#reset(POWER_ON, ms)
  }

  /** Ends the firmware in the middle of whatever it does, and starts again. */
  crash(): void {
    this.#reset(EXCEPTION, CRASH_TIME)
  }

  #reset(reason: number, ms: number): void {
    this.#power.on = false
    this.#clock.stop()
    this.#connection?.close()
    for (const connection of this.#tcp) connection.close()
    this.wifi.leave()
    this.#options.host?.network.leave()
    const { clock, ble = this.concentrator } = this.#options
    ble?.restart()
    clock.clear(this.#next)
    this.#next = clock.set(() => {
      this.#firmware = this.#boot(reason)
      this.start()
    }, ms)
  }

  /** Starts what the boot loader chooses. */
  #boot(resetReason: number): Firmware {
    const { storage, flash, crypto, serial, onBoot, onDelivered, onTaken, log } = this.#options
    onBoot?.()
    if (resetReason === POWER_ON) this.#timeOffset = undefined
    const booted = this.slots.boot()
    if (booted === undefined) throw new Error('no slot has an image that starts')
    const { slot, image } = booted
    this.#image = image
    // An image that crashes at once does nothing before.
    const power = { on: image.flaw !== Flaw.Crash }
    this.#power = power
    this.#tcp = []
    const slots = new RunningSlots({
      slots: this.slots,
      running: slot,
      power,
      restart: () => this.#reset(RESTART, 0),
    })
    this.#clock = new BootClock(this.#options.clock)
    const ports: Ports = {
      slots,
      connectTcp: this.#tcpOf(power),
      verifier: nodeVerifier,
      image,
      storage: powered(power, storage),
      flash: flash && powered(power, flash),
      clock: this.#clock,
      serial: serial ?? this.line,
      crypto: crypto ?? nodeCrypto,
      connect: watchDelivery(
        (options) => {
          if (!power.on) throw new Error('no power')
          return this.#keep(image.flaw === Flaw.Broken ? this.#nobody(options) : this.#connect(options))
        },
        (message) => {
          onTaken?.(message.topic)
          if (onDelivered === undefined) return
          const opened = this.envelope.open(message.topic, message.payload, Number.POSITIVE_INFINITY)
          if (opened.ok) onDelivered({ ...message, text: opened.value })
        },
      ),
      hasTls: true,
      wifi: powered<WifiPort>(power, this.#options.host?.network ?? this.wifi),
      queryTime: this.#options.queryTime ?? this.time.query,
      system: {
        ...twinSystem(
          resetReason,
          () => {
            this.#firmware = this.#boot(RESTART)
            this.start()
          },
          {
            keptTime: () => (this.#timeOffset === undefined ? undefined : this.#timeOffset + this.#options.clock.now()),
            keepTime: (unix) => {
              this.#timeOffset = unix - this.#options.clock.now()
            },
          },
          (text) => log?.(text),
        ),
        ...this.#options.host?.facts,
      },
      ac1: powered(power, this.ac1),
      ac2: powered(power, this.ac2),
      led: this.led,
      impulses: this.impulses,
      ble: this.#options.ble ?? this.concentrator,
      portal: this.#options.portal,
      log: (text) => log?.(text),
    }
    return new Firmware(ports, this.#options.flags)
  }

  /** The network of one boot beside the broker: it ends with the power. */
  #tcpOf(power: { readonly on: boolean }): TcpConnect {
    return (host, port, events) => {
      const { clock, connectTcp } = this.#options
      if (power.on && connectTcp !== undefined) {
        const connection = connectTcp(host, port, events)
        this.#tcp.push(connection)
        return connection
      }
      const timer = clock.set(() => power.on && events.onClosed('nobody answers'), 0)
      return { write: () => 0, close: () => clock.clear(timer) }
    }
  }

  /** What an image that does not find the broker has for a connection. */
  #nobody({ onClosed }: MqttConnectOptions): MqttConnection {
    const timer = this.#clock.set(() => onClosed('nobody answers'), 5_000)
    const isSent = () => false
    const close = () => this.#clock.clear(timer)
    return { publish: isSent, release: isSent, subscribe: isSent, unsubscribe: isSent, ping: isSent, close }
  }

  #keep(connection: MqttConnection): MqttConnection {
    this.#connection = connection
    return connection
  }
}

/** Puts the meters whose keys the image has into the air, unless a recording has its own meters. */
function createConcentrator({
  clock,
  capture,
  flags,
  seed,
  strangers,
  onSent,
}: TwinOptions): [SimulatedConcentrator, RadioField | undefined] {
  const random = seededRandom(seed ?? 1)
  const concentrator = new SimulatedConcentrator({ clock, random, capture })
  if (capture !== undefined) return [concentrator, undefined]
  const air = new RadioField({
    clock,
    random,
    own: flags.waterMeters,
    strangers: strangers ?? 0,
    hear: (frame, rssi) => concentrator.receiver.hear(frame, rssi),
    onSent,
  })
  return [concentrator, air]
}
