import { decodeUtf8, encodeUtf8 } from '../../modules/codec/utf8.js'
import type {
  Diagnosis,
  FlashState,
  PortalChanges,
  PortalDevice,
  PortalState,
  SetUpForm,
  TrialState,
  WaterMeterState,
} from '../../modules/portal/device.js'
import { HttpServer } from '../../modules/portal/http-server.js'
import { PortalSite } from '../../modules/portal/site.js'
import type { PortalUpdate, UpdateState } from '../../modules/portal/update-device.js'
import type { Connection, ConnectionEvents, ListenPort } from '../../modules/ports/listener.js'
import type { UdpPort } from '../../modules/ports/udp.js'
import type { FoundNetwork } from '../../modules/ports/wifi.js'
import { Turns } from './clock.js'

export const HOST = '192.168.4.1'
export const PHONE = '192.168.4.2'

const NETWORKS: readonly [string, number, string][] = [
  ['Café Ærø', -78, 'OPEN'],
  ['Hjemme', -74, 'WPA2_PSK'],
  ['Hjemme', -51, 'WPA2_PSK'],
  ['', -60, 'WPA2_PSK'],
  ['Kælder', -83, 'WPA_WPA2_PSK'],
]

/** The broker that the set-up page shows, and sends back where nobody changes it. */
export const BROKER = { mqttHost: 'nabovarme.meterlogger.net', mqttPort: 1883, mqttUser: 'esp8266' }

type Writable<T> = { -readonly [name in keyof T]: T[name] }

/** The state of a device that is not set up, in a build for KMP. Tests change it. */
function newState(): Writable<PortalState> {
  return {
    version: 'lin-0.1.0-lwip-KMP-THERMO_NC',
    serial: '7654321',
    ssid: '',
    wifiStatus: 'unspecified',
    network: undefined,
    brokerConnected: false,
    brokerRefusesCommands: false,
    previousBroker: undefined,
    hasPortalPassword: false,
    isRestarting: false,
    hasBuildPassword: false,
    key: 'own',
    hasTls: false,
    values: { ...BROKER },
    impulse: undefined,
    waterMeters: undefined,
    meter: {
      age: 12,
      dialogues: 60,
      good: 58,
      reading: {
        serial: '7654321',
        quantities: {
          t1: { value: '61.24', unit: 'C' },
          t2: { value: '34.70', unit: 'C' },
          tdif: { value: '26.54', unit: 'K' },
          flow1: { value: '214', unit: 'l/h' },
          effect1: { value: '6.6', unit: 'kW' },
          hr: { value: '73327', unit: 'h' },
          v1: { value: '1321.27', unit: 'm3' },
          e1: { value: '56.726', unit: 'MWh' },
        },
      },
      errors: [
        { text: 'no answer within 2000 ms', count: 1 },
        { text: 'crc: expected 6303, got 6302', count: 1 },
      ],
    },
  }
}

/** The changes that make the device one for impulse meters. */
export const IMPULSE: Partial<PortalState> = {
  impulse: { reading: 1234567, unit: 'kWh' },
  values: { ...BROKER, impulseSerial: '', impulsesPerUnit: 1000 },
}

export const WATER_METER: WaterMeterState = {
  id: '12345678',
  total: '8.915 m³',
  age: 16,
  key: 'right',
  header: undefined,
  doubt: undefined,
  builtIn: false,
}

/** A device that shows `now` and remembers what the portal did to it. */
export class FakeDevice implements PortalDevice {
  now = newState()
  flashNow: Writable<FlashState> = { settings: 'works', journal: 'works' }
  networks: FoundNetwork[] = NETWORKS.map(([ssid, rssi, security]) => ({
    ssid,
    rssi,
    security,
    bssid: '02:00:00:00:00:01',
    channel: 6,
  }))
  readonly changes: PortalChanges[] = []
  readonly trials: SetUpForm[] = []
  readonly kept: SetUpForm[] = []
  readonly keys = new Map<string, Uint8Array>()
  scans = 0
  restarts = 0
  resets = 0
  /** Whether it would forget the broker's password with the next form. */
  forgetsPassword = false
  /** The build's broker, where another is stored. */
  ownBroker: string | undefined
  diagnosisNow: Writable<Diagnosis> = {
    uptime: 300_000,
    resetReason: 0,
    signal: -61,
    time: 1_795_187_520,
    delivered: 5_012,
    freeHeap: 61_234,
  }
  /** Ends the scan under way. A scan that is not held back ends at once. */
  endScan: (() => void) | undefined
  holdScan = false
  /** Tells the state of the trial. */
  tell: (state: TrialState, reason?: string) => void = () => {}

  state(): PortalState {
    return this.now
  }

  flash(): FlashState {
    return this.flashNow
  }

  update(changes: PortalChanges): void {
    this.changes.push(changes)
    this.now.values = { ...this.now.values, ...changes }
    if (changes.portalPassword !== undefined) this.now.hasPortalPassword = changes.portalPassword !== ''
  }

  setWaterMeter(id: string, key: Uint8Array): 'tooMany' | 'builtIn' | undefined {
    if (this.keys.size === 4) return 'tooMany'
    this.keys.set(id, key)
    this.now.waterMeters = [
      ...this.now.waterMeters!,
      { ...WATER_METER, id, total: undefined, age: undefined, key: 'not heard' },
    ]
    return undefined
  }

  removeWaterMeter(id: string): void {
    this.now.waterMeters = this.now.waterMeters!.filter((meter) => meter.id !== id)
  }

  scan(onFound: (network: FoundNetwork) => void, onDone: () => void): void {
    this.scans++
    this.endScan = () => {
      this.networks.forEach(onFound)
      onDone()
    }
    if (!this.holdScan) this.endScan()
  }

  needsBrokerPassword({ mqttPassword }: SetUpForm): boolean {
    return this.forgetsPassword && mqttPassword === undefined
  }

  tryForm(form: SetUpForm, onState: (state: TrialState, reason?: string) => void): void {
    this.trials.push(form)
    this.tell = (state, reason) => {
      if (state === 'connected' || state === 'no-broker') this.now.ssid = form.ssid
      this.now.network = state === 'connected' || state === 'no-broker' ? form.ssid : undefined
      this.now.brokerConnected = state === 'connected'
      this.now.wifiStatus = state === 'connected' ? 'connected' : (reason ?? 'unspecified')
      onState(state, reason)
    }
  }

  keepForm(form: SetUpForm): void {
    this.kept.push(form)
    this.now.ssid = form.ssid
  }

  standardBroker(): string | undefined {
    return this.ownBroker
  }

  useStandardBroker(): void {
    this.ownBroker = undefined
  }

  restart(): void {
    this.restarts++
    this.now.isRestarting = true
  }

  reset(): boolean {
    if (this.flashNow.settings !== 'works') return false
    this.resets++
    this.now.isRestarting = true
    return true
  }

  diagnosis(): Diagnosis {
    return this.diagnosisNow
  }
}

/** Updates that keep what is sent, up to a length. */
export class FakeUpdate implements PortalUpdate {
  progress: UpdateState = { at: 'idle', version: '', percent: 0, reason: '' }
  file: number[] = []
  length = 3_000

  upload(at: number, piece: Uint8Array): number | undefined {
    if (at === this.file.length) for (const byte of piece) this.file.push(byte)
    if (this.file.length < this.length) return this.file.length
    this.progress = { at: 'checking', version: '0.2.0', percent: 100, reason: '' }
    return undefined
  }
}

/** One end of a connection that a test holds. */
class FakePeer implements Connection {
  readonly address: string
  /** Bytes the socket takes before it is full. */
  room = Number.POSITIVE_INFINITY
  isClosed = false
  /** Whether it remembers what has come. */
  keeps = true
  largestWrite = 0
  #events: ConnectionEvents | undefined
  #received: number[] = []
  #settle: () => void

  /** @param settle lets the server do what it has put off to its next turns */
  constructor(address: string, settle: () => void) {
    this.address = address
    this.#settle = settle
  }

  set events(events: ConnectionEvents) {
    this.#events = events
  }

  /** What has come, as text. */
  get receivedBytes(): number {
    return this.#received.length
  }

  get received(): string {
    return decodeUtf8(Uint8Array.from(this.#received))
  }

  write(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, this.room)
    this.room -= taken
    this.largestWrite = Math.max(this.largestWrite, bytes.length)
    for (let i = 0; this.keeps && i < taken; i++) this.#received.push(bytes[i]!)
    return taken
  }

  close(): void {
    this.isClosed = true
  }

  send(data: string | Uint8Array): void {
    if (!this.isClosed) this.#events!.onData(typeof data === 'string' ? encodeUtf8(data) : data)
    this.#settle()
  }

  /** Gives the socket room for so many bytes. */
  drain(room: number): void {
    this.room = room
    if (!this.isClosed) this.#events!.onWritable()
    this.#settle()
  }

  hangUp(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.#events!.onClosed()
  }
}

/** TCP and UDP without a network. */
export class FakeNetwork implements ListenPort, UdpPort {
  isListening = false
  isOpen = false
  readonly sent: { bytes: Uint8Array; address: string; port: number }[] = []
  #onConnection: ((connection: Connection) => ConnectionEvents) | undefined
  #onMessage: ((bytes: Uint8Array, address: string, port: number) => void) | undefined
  #settle: () => void

  /** @param settle lets the server do what it has put off to its next turns */
  constructor(settle = () => {}) {
    this.#settle = settle
  }

  listen(_port: number, onConnection: (connection: Connection) => ConnectionEvents) {
    this.isListening = true
    this.#onConnection = onConnection
    return {
      close: () => {
        this.isListening = false
      },
    }
  }

  open(_port: number, onMessage: (bytes: Uint8Array, address: string, port: number) => void) {
    this.isOpen = true
    this.#onMessage = onMessage
    return {
      send: (bytes: Uint8Array, address: string, port: number) => void this.sent.push({ bytes, address, port }),
      close: () => {
        this.isOpen = false
      },
    }
  }

  connect(address = PHONE): FakePeer {
    const peer = new FakePeer(address, this.#settle)
    peer.events = this.#onConnection!(peer)
    return peer
  }

  datagram(bytes: Uint8Array, address = PHONE): void {
    this.#onMessage!(bytes, address, 5353)
  }

  /** Sends a request and returns the whole response. */
  ask(request: string | Uint8Array, address = PHONE): string {
    const peer = this.connect(address)
    peer.send(request)
    return peer.received
  }
}

export function get(path: string, ...headers: string[]): string {
  return `GET ${path} HTTP/1.1\r\n${[`Host: ${HOST}`, ...headers].join('\r\n')}\r\n\r\n`
}

export function post(path: string, body: string, ...headers: string[]): string {
  const lines = [`Host: ${HOST}`, 'Content-Type: application/x-www-form-urlencoded', ...headers]
  return `POST ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\nContent-Length: ${encodeUtf8(body).length}\r\n\r\n${body}`
}

/** The site of a device behind a server on a network of its own. */
export function serveSite(device: PortalDevice, update?: PortalUpdate): FakeNetwork {
  const clock = new Turns()
  const network = new FakeNetwork(() => clock.settle())
  const site = new PortalSite({ device, update, host: () => HOST, name: 'KAM_7654321', onActivity() {} })
  new HttpServer({
    clock,
    listener: network,
    port: 80,
    accepts: () => true,
    respond: (request) => site.respond(request),
  })
  return network
}
