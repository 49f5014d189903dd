import type { Ports } from '../../../modules/app/ports.js'
import { GET_REGISTER, GET_SERIAL_NO, START_FROM_METER } from '../../../modules/kmp/constants.js'
import { encodeFrame } from '../../../modules/kmp/frame.js'
import type { Clock } from '../../../modules/ports/clock.js'
import type { MqttConnect, MqttConnection, MqttConnectOptions } from '../../../modules/ports/mqtt.js'
import type { LineSettings, SerialPort } from '../../../modules/ports/serial.js'
import type { WifiPort } from '../../../modules/ports/wifi.js'
import { SimulatedLine } from '../../../twin/line.js'
import { MemoryStorage } from '../../../twin/memory-storage.js'
import { SimulatedMultical } from '../../../twin/multical.js'
import { SimulatedMultical66 } from '../../../twin/multical66.js'
import { SimulatedBroker } from '../../../twin/simulated-broker.js'
import { SimulatedTime } from '../../../twin/time.js'
import { SimulatedWifi } from '../../../twin/wifi.js'

const ROUND_TRIP = 20

/** What is around the firmware. */
export interface World {
  readonly ports: Pick<Ports, 'serial' | 'connect' | 'wifi' | 'queryTime' | 'storage'>
  /** Whether a connection to the broker can be opened. */
  reachable: boolean
  cut(): void
  publish(topic: string, message: Uint8Array): void
  /** Messages that have arrived since this was last asked. */
  arrived(): number
}

/** @param unix seconds */
export type MakeWorld = (clock: Clock, serial: number, unix: number) => World

/** The world of the twin: its meter calculates and encodes its replies, its broker keeps what arrives. */
export const simulatedWorld: MakeWorld = (clock, serial, unix) => {
  const line = new SimulatedLine(clock, () => 0)
  new SimulatedMultical(line, clock, serial)
  return aroundLine(line, clock, unix)
}

/** The same with a MULTICAL 66-C. */
export const simulatedWorld66: MakeWorld = (clock, serial, unix) => {
  const line = new SimulatedLine(clock, () => 0)
  new SimulatedMultical66(line, clock, serial, '66-C')
  return aroundLine(line, clock, unix)
}

function aroundLine(line: SimulatedLine, clock: Clock, unix: number): World {
  const broker = new SimulatedBroker(clock, ROUND_TRIP)
  return {
    ports: {
      serial: line,
      connect: broker.connect,
      wifi: new SimulatedWifi(clock),
      queryTime: new SimulatedTime(clock, unix * 1000).query,
      storage: new MemoryStorage(),
    },
    get reachable() {
      return broker.reachable
    },
    set reachable(reachable) {
      broker.reachable = reachable
    },
    cut: () => broker.cut(),
    publish: (topic, message) => broker.publish(topic, message),
    arrived: () => broker.messages.splice(0).length,
  }
}

/** A world that only answers, and keeps and makes as little as it can: what is left is the firmware's own. */
export const plainWorld: MakeWorld = (clock, serial, unix) => {
  const broker = new PlainBroker(clock)
  const blobs = new Map<string, Uint8Array>()
  return {
    ports: {
      serial: new PlainLine(clock, serial),
      connect: broker.connect,
      wifi: plainWifi(clock),
      queryTime: () =>
        new Promise((resolve) => {
          clock.set(() => resolve(unix * 1000 + clock.now()), 500)
        }),
      storage: {
        read: (key) => blobs.get(key)?.slice(),
        write(key, bytes) {
          blobs.set(key, bytes.slice())
          return true
        },
      },
    },
    get reachable() {
      return broker.reachable
    },
    set reachable(reachable) {
      broker.reachable = reachable
    },
    cut: () => broker.cut(),
    publish: (topic, message) => broker.send(topic, message),
    arrived: () => {
      const { arrived } = broker
      broker.arrived = 0
      return arrived
    },
  }
}

/** Milliseconds of a character at 1200 baud with two stop bits, characters that a UART tells of at once, and a pause. */
const CHARACTER = 11_000 / 1200
const CHUNK = 8
const THINKING = 150

/** A KMP meter with two replies that never change. */
class PlainLine implements SerialPort {
  onReadable: (() => void) | undefined
  #clock: Clock
  #serialReply: Uint8Array
  #registersReply: Uint8Array
  #reply: Uint8Array
  #sent = 0
  #read = 0

  constructor(clock: Clock, serial: number) {
    this.#clock = clock
    const number = new Uint8Array(4)
    new DataView(number.buffer).setUint32(0, serial)
    this.#serialReply = encodeFrame(START_FROM_METER, GET_SERIAL_NO, number)
    this.#registersReply = encodeFrame(START_FROM_METER, GET_REGISTER, Uint8Array.from(REGISTERS))
    this.#reply = this.#serialReply
  }

  configure(_settings: LineSettings): void {}

  read(): Uint8Array | undefined {
    if (this.#read === this.#sent) return undefined
    const bytes = this.#reply.slice(this.#read, this.#sent)
    this.#read = this.#sent
    return bytes
  }

  write(request: Uint8Array): void {
    this.#reply = request[2] === GET_SERIAL_NO ? this.#serialReply : this.#registersReply
    this.#sent = 0
    this.#read = 0
    this.#clock.set(this.#send, request.length * CHARACTER + THINKING)
  }

  close(): void {}

  #send = () => {
    this.#sent = Math.min(this.#sent + CHUNK, this.#reply.length)
    if (this.#sent < this.#reply.length) this.#clock.set(this.#send, CHUNK * CHARACTER)
    this.onReadable?.()
  }
}

/** Id u16, unit, length, SiEx, value u32 of energy, volume, hours, three temperatures, flow and power. */
const REGISTERS = [
  [0x00, 0x3c, 0x03, 4, 0x43, 0x00, 0x00, 0xdd, 0x96],
  [0x00, 0x44, 0x28, 4, 0x42, 0x00, 0x02, 0x04, 0x1f],
  [0x03, 0xec, 0x2e, 4, 0x00, 0x00, 0x01, 0x1e, 0x6f],
  [0x00, 0x56, 0x25, 4, 0x42, 0x00, 0x00, 0x17, 0xec],
  [0x00, 0x57, 0x25, 4, 0x42, 0x00, 0x00, 0x0d, 0x8e],
  [0x00, 0x59, 0x26, 4, 0x42, 0x00, 0x00, 0x0a, 0x5e],
  [0x00, 0x4a, 0x29, 4, 0x00, 0x00, 0x00, 0x00, 0xd6],
  [0x00, 0x50, 0x16, 4, 0x41, 0x00, 0x00, 0x00, 0x42],
].flat()

/** A broker that acknowledges everything and forgets it. */
class PlainBroker implements MqttConnection {
  reachable = true
  arrived = 0
  #clock: Clock
  #options: MqttConnectOptions | undefined
  #isKnown = false
  #id = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  readonly connect: MqttConnect = (options) => {
    this.#options = options
    this.#clock.set(this.#onReached, ROUND_TRIP)
    return this
  }

  publish(id: number): boolean {
    this.#id = id
    this.#clock.set(this.#onReceived, ROUND_TRIP)
    return true
  }

  release(id: number): boolean {
    this.#id = id
    this.#clock.set(this.#onComplete, ROUND_TRIP)
    return true
  }

  subscribe(id: number): boolean {
    this.#clock.set(() => this.#options?.onSubscribed(id, 0), ROUND_TRIP)
    return true
  }

  unsubscribe(id: number): boolean {
    this.#clock.set(() => this.#options?.onControl('unsuback', id), ROUND_TRIP)
    return true
  }

  ping(): boolean {
    this.#clock.set(this.#onPong, ROUND_TRIP)
    return true
  }

  close(): void {
    this.#options = undefined
  }

  cut(): void {
    const options = this.#options
    this.#options = undefined
    options?.onClosed('connection reset')
  }

  /** Somebody publishes to the device. */
  send(topic: string, message: Uint8Array): void {
    this.#clock.set(() => this.#options?.onPublish(topic, message), ROUND_TRIP / 2)
  }

  #onReached = () => {
    if (!this.reachable) return this.cut()
    this.#options?.onReached()
    this.#clock.set(this.#onConnected, ROUND_TRIP)
  }

  #onConnected = () => {
    this.#options?.onConnected(this.#isKnown)
    this.#isKnown = true
  }

  #onReceived = () => {
    if (this.#options === undefined) return
    this.#options.onControl('pubrec', this.#id)
    this.#clock.set(this.#onComplete, ROUND_TRIP)
  }

  #onComplete = () => {
    if (this.#options === undefined) return
    this.arrived++
    this.#options.onControl('pubcomp', this.#id)
  }

  #onPong = () => this.#options?.onControl('pingresp', 0)
}

const UPLINK = { address: '192.168.1.23', netmask: '255.255.255.0' }

function plainWifi(clock: Clock): WifiPort {
  return {
    join: (_ssid, _password, events) => void clock.set(() => events.onUp(), 1_500),
    leave() {},
    renewAddress() {},
    setRadio() {},
    uplink: () => UPLINK,
    rssi: () => -51,
    scan: (_onFound, onDone) => onDone?.(),
    startAccessPoint: () => true,
    addressAccessPoint: () => true,
    stopAccessPoint() {},
  }
}
