import type { CommandTarget } from '../command/command.js'
import { dispatch } from '../command/dispatch.js'
import { isInTimeWindow, parseCommandTopic } from '../command/topic.js'
import { Outbox } from '../mqtt/outbox.js'
import { MqttSession } from '../mqtt/session.js'
import { Envelope } from '../mqttcrypto/envelope.js'
import { Station } from '../network/station.js'
import { TimeKeeper } from '../network/time.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { CryptoPort } from '../ports/crypto.js'
import type { Reading } from '../ports/meter.js'
import type { MqttConnect } from '../ports/mqtt.js'
import type { SerialPort } from '../ports/serial.js'
import type { StoragePort } from '../ports/storage.js'
import type { SystemPort } from '../ports/system.js'
import type { QueryTime } from '../ports/time.js'
import type { WifiPort } from '../ports/wifi.js'
import { SettingsStore } from '../settings/store.js'
import type { Flags } from './flags.js'
import { createMeter } from './meter.js'
import { sampleText } from './sample.js'
import { Sampler } from './sampler.js'
import { modelText, RELEASE } from './version.js'
import { WallClock } from './wall-clock.js'

/** Everything of the world that the firmware touches. */
export interface Ports {
  readonly clock: Clock
  readonly serial: SerialPort
  readonly crypto: CryptoPort
  readonly connect: MqttConnect
  readonly wifi: WifiPort
  readonly queryTime: QueryTime
  readonly storage: StoragePort
  readonly system: SystemPort
  log(text: string): void
}

const FIRST_SAMPLE_AFTER_CONNECT = 1_100
const SUBSCRIBE_AFTER_CONNECT = 2_000
const ANNOUNCEMENT_SPACING = 100

/** The firmware: reads the meter, publishes what it says and does what it is told. */
export class Application {
  #ports: Ports
  #flags: Flags
  #settings: SettingsStore
  #wallClock: WallClock
  #envelope: Envelope
  #outbox = new Outbox()
  #session: MqttSession
  #sampler: Sampler
  #station: Station
  #timeKeeper: TimeKeeper
  #target: CommandTarget
  #serial = ''
  #announcement: Timer | undefined

  constructor(ports: Ports, flags: Flags) {
    const { clock, crypto, log } = ports
    const random = () => crypto.random(1)[0]! / 256
    this.#ports = ports
    this.#flags = flags
    this.#settings = new SettingsStore(ports.storage)
    this.#wallClock = new WallClock(clock)
    this.#envelope = new Envelope(crypto, flags.key)
    const { mqttHost, mqttPort, mqttUser, mqttPassword } = this.#settings.values
    this.#session = new MqttSession({
      clock,
      log,
      connect: ports.connect,
      outbox: this.#outbox,
      broker: { host: mqttHost, port: mqttPort, user: mqttUser, password: mqttPassword },
      random,
      seal: ({ prefix, at, text }) => {
        const time = this.#wallClock.at(at)
        if (time === undefined) return undefined
        const topic = prefix + time
        return { topic, payload: this.#envelope.seal(topic, text) }
      },
      onConnected: () => this.#onConnected(),
      onMessage: (topic, payload) => this.#onMessage(topic, payload),
    })
    this.#sampler = new Sampler({
      clock,
      meter: createMeter(ports, flags, () => this.#wallClock.now() ?? this.#uptime()),
      onReading: (reading, at) => this.#onReading(reading, at),
      onFailure: (error) => {
        log(`meter: ${error}`)
        this.#beCalled(this.#serial || this.#settings.values.serial || flags.serial)
      },
    })
    this.#station = new Station({
      clock,
      log,
      wifi: ports.wifi,
      random,
      onUp: () => {
        this.#timeKeeper.start()
        this.#connect()
      },
      onDown: () => {
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
        this.#wallClock.set(unix)
        this.#session.pump()
      },
    })
    this.#target = {
      version: `${ports.system.sdk}-${RELEASE}-${ports.system.network}-${modelText(flags)}`,
      uptime: () => this.#uptime(),
    }
  }

  /** The serial number that names the device, at least 7 digits; empty until the meter was asked once. */
  get serial(): string {
    return this.#serial
  }

  start(): void {
    this.#sampler.start()
    const { ssid, password } = this.#settings.values
    if (ssid === '') this.#ports.log('wifi: no network is set up')
    else this.#station.start(ssid, password)
  }

  close(): void {
    this.#ports.clock.clear(this.#announcement)
    this.#sampler.stop()
    this.#station.stop()
    this.#timeKeeper.stop()
    this.#session.stop()
  }

  #uptime(): number {
    return Math.floor(this.#ports.clock.now() / 1000)
  }

  #onReading(reading: Reading, at: number): void {
    const serial = reading.serial.padStart(7, '0')
    this.#settings.update({ serial: reading.serial })
    const text = sampleText(reading, this.#ports.system.freeHeap(), this.#flags.flowMeter)
    this.#outbox.push({ prefix: `/sample/v2/${serial}/`, at, text })
    this.#beCalled(reading.serial)
    this.#session.pump()
  }

  /** The serial number names the device: as MQTT client and in every topic. */
  #beCalled(serial: string): void {
    const name = serial.padStart(7, '0')
    if (name === this.#serial) return
    this.#serial = name
    this.#connect()
  }

  #connect(): void {
    if (this.#station.up && this.#serial !== '') this.#session.start(this.#serial)
  }

  #onConnected(): void {
    this.#sampler.restart(FIRST_SAMPLE_AFTER_CONNECT)
    const steps = [
      () => this.#session.subscribe(),
      () => this.#publish('version', this.#target.version),
      () => this.#publish('uptime', String(this.#uptime())),
      () => this.#publish('reset_reason', resetReasonText(this.#ports.system.resetReason)),
    ]
    const { clock } = this.#ports
    const next = (step: number) => {
      if (!this.#session.connected) return
      steps[step]?.()
      if (step + 1 < steps.length) this.#announcement = clock.set(() => next(step + 1), ANNOUNCEMENT_SPACING)
    }
    clock.clear(this.#announcement)
    this.#announcement = clock.set(() => next(0), SUBSCRIBE_AFTER_CONNECT)
  }

  #publish(name: string, text: string): void {
    this.#outbox.push({ prefix: `/${name}/v2/${this.#serial}/`, at: this.#ports.clock.now(), text })
    this.#session.pump()
  }

  #onMessage(topic: string, payload: Uint8Array): void {
    const opened = this.#envelope.open(topic, payload)
    if (!opened.ok) return this.#ports.log(`command refused: ${opened.error}`)
    const command = parseCommandTopic(topic)
    if (command === undefined) return this.#ports.log('command refused: expected /config/v2/<serial>/<time>/<command>')
    const now = this.#wallClock.now()
    if (!isInTimeWindow(command.time, now))
      return this.#ports.log(`command refused: ${command.name} is of ${command.time}, the time is ${now ?? 'not set'}`)
    const reply = dispatch(command.name, opened.value, this.#target)
    if (reply !== undefined) this.#publish(command.name, reply)
  }
}

/** The original's text; the registers of a crash are not known here and are 0. */
function resetReasonText(reason: number): string {
  const zero = '0x00000000'
  return `reason=${reason}&exccause=0&epc1=${zero}&epc2=${zero}&epc3=${zero}&excvaddr=${zero}&depc=${zero}`
}
