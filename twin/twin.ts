import { Application, type Ports } from '../modules/app/application.js'
import type { Flags } from '../modules/app/flags.js'
import { Envelope } from '../modules/mqttcrypto/envelope.js'
import type { Clock } from '../modules/ports/clock.js'
import type { MqttConnect } from '../modules/ports/mqtt.js'
import type { SerialPort } from '../modules/ports/serial.js'
import type { StoragePort } from '../modules/ports/storage.js'
import type { QueryTime } from '../modules/ports/time.js'
import { type Settings, SettingsStore } from '../modules/settings/store.js'
import { StartedClock } from './clock.js'
import { nodeCrypto } from './crypto.js'
import { type DeliveredMessage, watchDelivery } from './delivery.js'
import { SimulatedImpulses } from './impulses.js'
import { SimulatedLine } from './line.js'
import { SimulatedMultical } from './multical.js'
import { SimulatedMultical66 } from './multical66.js'
import { SimulatedOutput } from './output.js'
import { seededRandom } from './random.js'
import { twinSystem } from './system.js'
import { SimulatedTime } from './time.js'
import { SimulatedWifi } from './wifi.js'

export interface TwinOptions {
  readonly flags: Flags
  readonly clock: Clock
  readonly connect: MqttConnect
  readonly broker: { readonly host: string; readonly port: number }
  readonly storage: StoragePort
  /** A real line; without one a meter is simulated. */
  readonly serial?: SerialPort
  /** Unix milliseconds when the twin is switched on. */
  readonly unix: number
  /** As it leaves the factory: no Wi-Fi network is stored. */
  readonly fresh?: boolean
  /** Serial number of the simulated meter; else SERIAL of the flags. */
  readonly meterSerial?: number
  /** Another time server than the simulated one. */
  readonly queryTime?: QueryTime
  /** Seed of the simulated faults. */
  readonly seed?: number
  onDelivered?(message: DeliveredMessage & { readonly text: string }): void
  log?(text: string): void
}

const POWER_ON = 0
const RESTARTED = 4

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
  #options: TwinOptions
  #application: Application

  constructor(options: TwinOptions) {
    const { flags, clock, storage } = options
    this.#options = options
    this.envelope = new Envelope(nodeCrypto, flags.key)
    this.wifi = new SimulatedWifi(clock)
    this.line = new SimulatedLine(clock, seededRandom(options.seed ?? 1))
    attachMeter(flags, this.line, clock, options.meterSerial ?? Number(flags.serial))
    this.time = new SimulatedTime(clock, options.unix)
    if (!options.fresh) {
      const { host, port } = options.broker
      const { ssid, password } = SimulatedWifi
      new SettingsStore({ storage, clock }).update({ ssid, password, mqttHost: host, mqttPort: port })
    }
    this.#application = this.#boot(POWER_ON)
  }

  get serial(): string {
    return this.#application.serial
  }

  /** What the firmware has in its settings, written or not. */
  get settings(): Readonly<Settings> {
    return this.#application.settings.values
  }

  /** The firmware that runs now. */
  get application(): Application {
    return this.#application
  }

  start(): void {
    this.#application.start()
  }

  close(): void {
    this.#application.close()
  }

  #boot(resetReason: number): Application {
    const { storage, serial, connect, onDelivered, log } = this.#options
    const ports: Ports = {
      storage,
      clock: new StartedClock(this.#options.clock),
      serial: serial ?? this.line,
      crypto: nodeCrypto,
      connect: watchDelivery(connect, (message) => {
        const opened = this.envelope.open(message.topic, message.payload, Number.POSITIVE_INFINITY)
        if (opened.ok) onDelivered?.({ ...message, text: opened.value })
      }),
      wifi: this.wifi,
      queryTime: this.#options.queryTime ?? this.time.query,
      system: twinSystem(resetReason, () => {
        this.#application = this.#boot(RESTARTED)
        this.start()
      }),
      ac1: this.ac1,
      ac2: this.ac2,
      led: this.led,
      impulses: this.impulses,
      log: (text) => log?.(text),
    }
    return new Application(ports, this.#options.flags)
  }
}

function attachMeter({ meter }: Flags, line: SimulatedLine, clock: Clock, serial: number): void {
  if (meter === 'kmp') new SimulatedMultical(line, clock, serial)
  if (meter === 'mc66c') new SimulatedMultical66(line, clock, serial, '66-C')
  if (meter === 'mc66b') new SimulatedMultical66(line, clock, serial, '66-B')
}
