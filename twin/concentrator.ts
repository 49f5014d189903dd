import { fromHex } from '../modules/codec/hex.js'
import type { BleConnection, BleConnectOptions, BlePeer, BlePort } from '../modules/ports/ble.js'
import type { Clock, Timer } from '../modules/ports/clock.js'
import { VW1871_SERIAL, Vw1871Receiver } from './vw1871.js'

/** What can be wrong with a concentrator or the radio on the way to it. */
export interface ConcentratorFaults {
  /** It stays connected and sends nothing. */
  silent: boolean
  /** A connection that the device asks for never comes. */
  connectHangs: boolean
  /** Our own radio hangs in the same way, until it is restarted. */
  radioHangs: boolean
  subscribeFails: boolean
  /** Nothing comes before FF01 is enabled too. */
  needsOtherPath: boolean
  /** Share of the bytes that arrive with a bit flipped, from 0 to 1. */
  bitErrors: number
}

/** One entry of a recorded session. */
export interface CapturedNotification {
  /** ISO 8601 */
  readonly t: string
  readonly characteristic: string
  readonly hex: string
}

export interface SimulatedConcentratorOptions {
  readonly clock: Clock
  readonly random: () => number
  /** ATT_MTU it agrees to at most. */
  readonly mtu?: number
  /** A recorded session, which is played to everyone who enables notifications. */
  readonly capture?: Iterable<CapturedNotification>
}

const NAME = `VW1871-${VW1871_SERIAL.slice(2)}`
const ADDRESS = '02:00:00:00:18:71/0'
const STRANGER: BlePeer = Object.freeze({ name: 'Phone', address: '02:00:00:00:00:01/1', rssi: -70 })
const MTU = 247
const ATT_HEADER = 3

const ADVERTISING_INTERVAL = 500
const CONNECT_TIME = 300
const SUBSCRIBE_TIME = 400
/** Each side notices after this time that the other is gone. */
const SUPERVISION_TIMEOUT = 4_000
/** ms between two notifications: the nine of a backlog come within 200 ms. */
const NOTIFICATION_TIME = 20

/** A live record sometimes arrives in two notifications, cut up to 14 bytes before its end. */
const SPLIT_SHARE = 0.1
const SPLIT_AT = 3
const SPLIT_RANGE = 12

/** Characteristics on which the stream is offered, as service/characteristic. */
const PATHS: readonly string[] = Object.freeze([
  '0000ff00-0000-1000-8000-00805f9b34fb/0000ff01-0000-1000-8000-00805f9b34fb',
  '000018f0-0000-1000-8000-00805f9b34fb/00002af0-0000-1000-8000-00805f9b34fb',
  '0000ff80-0000-1000-8000-00805f9b34fb/0000ff81-0000-1000-8000-00805f9b34fb',
  '49535343-fe7d-4ae5-8fa9-9fafd205e455/49535343-1e4d-4bd9-ba61-23c647249616',
])
const OTHER_PATH = PATHS[0]!

/** A VW1871 in radio range of the board. `receiver` gets what the VW1871 hears. */
export class SimulatedConcentrator implements BlePort {
  readonly receiver: Vw1871Receiver
  readonly faults: ConcentratorFaults = {
    silent: false,
    connectHangs: false,
    radioHangs: false,
    subscribeFails: false,
    needsOtherPath: false,
    bitErrors: 0,
  }
  readonly options: SimulatedConcentratorOptions
  /** How often the firmware has restarted BLE. */
  restarts = 0
  #inRange = true
  #scan: Timer | undefined
  #connection: Connection | undefined

  constructor(options: SimulatedConcentratorOptions) {
    this.options = options
    this.receiver = new Vw1871Receiver(options.clock)
  }

  get connected(): boolean {
    return this.#connection?.ready ?? false
  }

  get scanning(): boolean {
    return this.#scan !== undefined
  }

  get inRange(): boolean {
    return this.#inRange
  }

  set inRange(inRange: boolean) {
    this.#inRange = inRange
    if (!inRange) this.#connection?.breakLater('connection timeout', SUPERVISION_TIMEOUT)
  }

  /** The connection breaks, and both sides know. */
  loseLink(): void {
    this.#connection?.breakLater('remote user terminated connection', 0)
  }

  /** Its power goes and comes back. */
  powerCycle(): void {
    this.receiver.listen(undefined)
    this.receiver.powerOn()
    this.#connection?.breakLater('connection timeout', SUPERVISION_TIMEOUT)
  }

  scan(onFound: (peer: BlePeer) => void): void {
    const { clock, random } = this.options
    const advertise = () => {
      this.#scan = clock.set(advertise, ADVERTISING_INTERVAL)
      onFound(STRANGER)
      if (this.scanning && this.#inRange && !this.connected)
        onFound({ name: NAME, address: ADDRESS, rssi: -60 - Math.floor(random() * 10) })
    }
    this.stopScan()
    this.#scan = clock.set(advertise, random() * ADVERTISING_INTERVAL)
  }

  stopScan(): void {
    this.options.clock.clear(this.#scan)
    this.#scan = undefined
  }

  connect(options: BleConnectOptions): BleConnection {
    this.#connection?.close()
    this.#connection = new Connection(this, options)
    return this.#connection
  }

  restart(): void {
    this.restarts++
    this.faults.radioHangs = false
    this.stopScan()
    this.#connection?.close()
  }

  /** The end of the simulation. */
  close(): void {
    this.stopScan()
    this.#connection?.close()
    this.receiver.close()
  }
}

class Connection implements BleConnection {
  ready = false
  #concentrator: SimulatedConcentrator
  #options: BleConnectOptions
  #clock: Clock
  #open = true
  #timers = new Set<Timer>()
  #enabled: string[] = []
  #streaming = false
  /** When the radio has sent everything so far. */
  #free = 0
  #played: Iterator<CapturedNotification> | undefined

  constructor(concentrator: SimulatedConcentrator, options: BleConnectOptions) {
    this.#concentrator = concentrator
    this.#options = options
    this.#clock = concentrator.options.clock
    this.#later(CONNECT_TIME, () => {
      const { connectHangs, radioHangs } = concentrator.faults
      if (connectHangs || radioHangs || !concentrator.inRange || options.address !== ADDRESS) return
      this.ready = true
      options.onReady()
    })
  }

  subscribe(service: string, characteristic: string, onDone: (error: string | undefined) => void): void {
    const path = `${service}/${characteristic}`
    this.#later(SUBSCRIBE_TIME, () => {
      if (!PATHS.includes(path)) return onDone(`no characteristic ${characteristic}`)
      if (this.#concentrator.faults.subscribeFails) return onDone('notifications not enabled')
      this.#enabled.push(path)
      onDone(undefined)
      this.#stream()
    })
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    for (const timer of this.#timers) this.#clock.clear(timer)
    this.#timers.clear()
    this.#played?.return?.()
    if (this.ready) this.#concentrator.receiver.listen(undefined)
    this.ready = false
  }

  breakLater(reason: string, ms: number): void {
    this.#later(ms, () => {
      this.close()
      this.#options.onClosed(reason)
    })
  }

  #stream(): void {
    const { faults, receiver, options } = this.#concentrator
    if (!this.#open || this.#streaming || (faults.needsOtherPath && !this.#enabled.includes(OTHER_PATH))) return
    this.#streaming = true
    if (options.capture !== undefined) return this.#play(options.capture)
    let live = false
    receiver.listen((item) => {
      const split = live && options.random() < SPLIT_SHARE ? SPLIT_AT + Math.floor(options.random() * SPLIT_RANGE) : 0
      this.#notify(item.subarray(0, item.length - split))
      this.#notify(item.subarray(item.length - split))
    })
    live = true
  }

  /** Plays the recording with the time that was between its notifications, and looks one of them ahead. */
  #play(capture: Iterable<CapturedNotification>): void {
    const notifications = capture[Symbol.iterator]()
    this.#played = notifications
    const started = this.#clock.now()
    let start: number | undefined
    const next = () => {
      let { value, done } = notifications.next()
      while (!done && !PATHS.some((path) => path.endsWith(`/${value.characteristic}`)))
        ({ value, done } = notifications.next())
      if (done) return
      const { t, hex } = value as CapturedNotification
      start ??= Date.parse(t)
      const due = started + (Date.parse(t) - start || 0)
      this.#later(Math.max(due, this.#free) - this.#clock.now(), () => {
        this.#notify(fromHex(hex) ?? new Uint8Array())
        next()
      })
    }
    next()
  }

  /** Sends as many notifications as the bytes need, one after the other. */
  #notify(bytes: Uint8Array): void {
    const { options, faults } = this.#concentrator
    const size = Math.min(this.#options.mtu, options.mtu ?? MTU) - ATT_HEADER
    for (let at = 0; at < bytes.length; at += size) {
      const piece = bytes.subarray(at, at + size)
      this.#free = Math.max(this.#free, this.#clock.now()) + NOTIFICATION_TIME
      this.#later(this.#free - this.#clock.now(), () => {
        if (this.#concentrator.inRange && !faults.silent) this.#options.onNotification(this.#disturb(piece))
      })
    }
  }

  #disturb(bytes: Uint8Array): Uint8Array {
    const { options, faults } = this.#concentrator
    if (faults.bitErrors === 0) return bytes
    return bytes.map((byte) =>
      options.random() < faults.bitErrors ? byte ^ (1 << Math.floor(options.random() * 8)) : byte,
    )
  }

  #later(ms: number, action: () => void): void {
    const timer = this.#clock.set(() => {
      this.#timers.delete(timer)
      action()
    }, ms)
    this.#timers.add(timer)
  }
}
