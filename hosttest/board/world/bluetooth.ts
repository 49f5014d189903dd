import { encodeUtf8 } from '../../../modules/codec/utf8.js'
import type { BleConnection, BlePort } from '../../../modules/ports/ble.js'
import type { Timer } from '../../../modules/ports/clock.js'
import type { Hardware, Part } from './hardware.js'

/** What a peer offers: services with one characteristic each, whose notifications can be switched on. */
export interface Path {
  readonly service: string
  readonly characteristic: string
}

/** A VW1871's, as NimBLE writes UUIDs: those of the Bluetooth base in four digits (ble_uuid.c, ble_uuid_from_str). */
export const VW1871_PATHS: readonly Path[] = Object.freeze([
  { service: 'ff00', characteristic: 'ff01' },
  { service: '18f0', characteristic: '2af0' },
  { service: 'ff80', characteristic: 'ff81' },
  { service: '49535343-fe7d-4ae5-8fa9-9fafd205e455', characteristic: '49535343-1e4d-4bd9-ba61-23c647249616' },
])

const NOTIFY = 16
const CONFIGURATION = '2902'

/** Handles of a service: itself, its characteristic, the value, the configuration. */
const HANDLES = 4

/** From the start of NimBLE to the first scan, a question to the peer and its answer, the end of a connection. */
const START_TIME = 120
const ANSWER_TIME = 60
const TERMINATE_TIME = 50

/* NimBLE's results (host/ble_hs.h). */
const ALREADY = 2
const NOT_CONNECTED = 7
const CANCELLED = 0x202
const ATT_WRITE_REFUSED = 0x103

/** Bytes of the link's packets; less than a notification where the peer does not take longer ones. */
const LONGEST_PACKET = 251
/** Of L2CAP and ATT. */
const HEADERS = 7

interface Scanner {
  readonly readable: number
  readonly error: number
  readonly packets: Uint8Array[]
  active: boolean
  told: boolean
}

interface Client {
  readonly address: string
  readonly executed: number
  readonly readable: number
  readonly gone: number
  readonly values: Uint8Array[]
  mtu: number
  told: boolean
  connecting: boolean
  connection: BleConnection | undefined
  connected: boolean
  closing: boolean
}

/**
 * NimBLE as the SDK drives it (MOD/modules/io/ble/client/esp32/bleclient.c, esp-nimble host/src), with the twin's
 * concentrator in the air: one connection, no scanning beside it, and no answer where NimBLE refuses.
 */
export class Bluetooth implements Part {
  readonly operations
  /** Of the peers' packets: 27 at one that has no longer ones. */
  packetLength = LONGEST_PACKET
  /** How often NimBLE has been started. */
  starts = 0
  /** The most advertisements that waited for the firmware. */
  deepestQueue = 0
  #hardware: Hardware
  #air: BlePort
  #paths: readonly Path[]
  /** The SDK's counter of scanners. */
  #counter = 0
  #running = false
  #scanners = new Map<number, Scanner>()
  #clients = new Map<number, Client>()
  #lastId = 0
  /** Of the scanner that waits for NimBLE. */
  #waiting = 0
  #start: Timer | undefined

  constructor(hardware: Hardware, air: BlePort, paths: readonly Path[] = VW1871_PATHS) {
    this.#hardware = hardware
    this.#air = air
    this.#paths = paths
    this.operations = {
      'ble.scan': (readable: number, error: number) => this.#scan(readable, error),
      'ble.stopScan': (id: number) => this.#stopScan(id),
      'ble.told': (id: number) => this.#toldScan(id),
      'ble.packet': (id: number) => bufferOf(this.#scanners.get(id)?.packets.shift()),
      'gatt.open': (address: string, mtu: number, executed: number, readable: number, gone: number) =>
        this.#open(address, mtu, executed, readable, gone),
      'gatt.connect': (id: number) => this.#connect(this.#client(id)),
      'gatt.cancel': (id: number) => this.#cancel(this.#client(id)),
      'gatt.close': (id: number) => this.#close(id),
      'gatt.services': (id: number, uuids: string) => this.#services(this.#client(id), uuids),
      'gatt.characteristics': (id: number, start: number, end: number, uuids: string) =>
        this.#characteristics(this.#client(id), start, end, uuids),
      'gatt.descriptors': (id: number, start: number, end: number, uuids: string) =>
        this.#descriptors(this.#client(id), start, end, uuids),
      'gatt.write': (id: number, handle: number, bytes: ArrayBuffer, response: boolean) =>
        this.#write(this.#client(id), handle, new Uint8Array(bytes), response),
      'gatt.read': (id: number) => this.#execute(this.#client(id), ATT_WRITE_REFUSED),
      'gatt.told': (id: number) => this.#toldClient(id),
      'gatt.value': (id: number) => bufferOf(this.#client(id).values.shift()),
      'gatt.free': (id: number) => {
        this.#clients.delete(id)
      },
      'gatt.mtu': (id: number) => this.#client(id).mtu,
      'ffi.nimble_port_stop': () => {
        if (!this.#running) return ALREADY
        this.#air.restart()
        return this.#stop()
      },
      'ffi.nimble_port_deinit': () => 0,
    }
  }

  reset(): void {
    this.#stop()
    this.#scanners.clear()
    this.#clients.clear()
    this.#counter = 0
    this.#waiting = 0
  }

  get scanning(): boolean {
    return [...this.#scanners.values()].some(({ active }) => active)
  }

  #scan(readable: number, error: number): number {
    const id = ++this.#lastId
    this.#scanners.set(id, { readable, error, packets: [], active: false, told: false })
    const first = this.#counter === 0
    this.#counter = (this.#counter + 1) & 0xff
    if (!first) {
      if (this.#running) this.#ready()
      return id
    }
    if (this.#running) this.#hardware.crash('embedded:io/bluetoothle/central: NimBLE is started while it runs')
    this.#waiting = id
    this.#start = this.#hardware.clock.set(() => {
      this.#running = true
      this.starts++
      this.#ready()
    }, START_TIME)
    return id
  }

  #ready(): void {
    const scanner = this.#scanners.get(this.#waiting)
    this.#waiting = 0
    if (scanner === undefined) return
    scanner.active = true
    this.#air.scan(({ name, address, rssi }) => {
      const text = encodeUtf8(name)
      // Flags, which a device has to advertise, and its name.
      this.advertise(address, rssi, [2, 1, 6, text.length + 1, 9, ...text])
    })
  }

  #stopScan(id: number): void {
    if (this.#waiting === id) this.#waiting = 0
    if (this.#scanners.get(id)?.active) this.#air.stopScan()
    this.#scanners.delete(id)
  }

  /** Somebody in the air, with the bytes of an advertisement. */
  advertise(address: string, rssi: number, payload: readonly number[]): void {
    const [bytes, type] = address.split('/')
    const head = [
      ...bytes!.split(':').map((byte) => Number.parseInt(byte, 16)),
      Number.parseInt(type!, 16),
      rssi & 0xff,
    ]
    for (const scanner of this.#scanners.values()) {
      if (!scanner.active) continue
      scanner.packets.push(Uint8Array.of(...head, ...payload))
      this.deepestQueue = Math.max(this.deepestQueue, scanner.packets.length)
      if (scanner.told || scanner.readable === 0) continue
      scanner.told = true
      this.#hardware.post('ble', scanner.readable)
    }
  }

  #toldScan(id: number): number {
    const scanner = this.#scanners.get(id)
    if (scanner === undefined) return 0
    scanner.told = false
    return scanner.packets.length
  }

  #open(address: string, mtu: number, executed: number, readable: number, gone: number): number | undefined {
    const found = /^((?:[0-9A-Fa-f]{1,2}:){5}[0-9A-Fa-f]{1,2})\/([0-9A-Fa-f]{1,2})/.exec(address)
    if (found === null) return undefined
    const id = ++this.#lastId
    this.#clients.set(id, {
      address: `${found[1]}/${Number.parseInt(found[2]!, 16)}`,
      executed,
      readable,
      gone,
      values: [],
      mtu,
      told: false,
      connecting: false,
      connection: undefined,
      connected: false,
      closing: false,
    })
    return id
  }

  #connect(client: Client): void {
    client.connecting = true
    const busy = [...this.#clients.values()].some((other) => other.connection !== undefined)
    if (!this.#running || this.scanning || busy) return
    client.connection = this.#air.connect({
      address: client.address,
      mtu: client.mtu || 23,
      onReady: () => {
        client.connecting = false
        client.connected = true
        this.#execute(client, 0)
      },
      onNotification: (bytes) => this.#notify(client, bytes),
      onClosed: () => this.#broken(client),
    })
  }

  #cancel(client: Client): void {
    // The call is lost where NimBLE does not connect.
    if (!client.connecting || client.connected || client.connection === undefined) return
    client.connecting = false
    client.connection.close()
    client.connection = undefined
    this.#execute(client, CANCELLED)
  }

  #close(id: number): void {
    const client = this.#client(id)
    client.closing = true
    if (!client.connected) return this.#execute(client, 0)
    client.connection?.close()
    this.#later(client, TERMINATE_TIME, () => {
      client.connected = false
      client.connection = undefined
      this.#execute(client, 0)
    })
  }

  #broken(client: Client): void {
    client.connected = false
    client.connecting = false
    client.connection = undefined
    if (client.closing) this.#execute(client, 0)
    else if (client.gone !== 0) this.#hardware.post('gatt', client.gone)
  }

  #notify(client: Client, bytes: Uint8Array): void {
    const kept = bytes.slice(0, this.packetLength - HEADERS)
    client.values.push(Uint8Array.of(0, 0, ...kept))
    if (client.told || client.readable === 0) return
    client.told = true
    this.#hardware.post('gatt', client.readable)
  }

  #toldClient(id: number): number {
    const client = this.#client(id)
    client.told = false
    return client.values.length
  }

  #services(client: Client, uuids: string): void {
    const wanted = uuidsOf(uuids)
    const found = this.#paths
      .map(({ service }, i) => ({
        uuid: service,
        handle: i * HANDLES + 1,
        start: i * HANDLES + 1,
        end: (i + 1) * HANDLES,
      }))
      .filter(({ uuid }) => wanted.length === 0 || wanted.includes(uuid))
    this.#answer(client, found)
  }

  #characteristics(client: Client, start: number, end: number, uuids: string): void {
    const wanted = uuidsOf(uuids)
    // With one UUID the error of the call is not looked at (bleclient.c:1056).
    if (!client.connected && wanted.length === 1) return
    const found = this.#paths
      .map(({ characteristic }, i) => ({
        uuid: characteristic,
        handle: i * HANDLES + 3,
        start,
        end,
        properties: NOTIFY,
      }))
      .filter(({ uuid, handle }) => handle > start && handle <= end && (wanted.length === 0 || wanted.includes(uuid)))
    this.#answer(client, found)
  }

  #descriptors(client: Client, start: number, end: number, uuids: string): void {
    const wanted = uuidsOf(uuids)
    const found = this.#paths
      .map((_path, i) => ({ uuid: CONFIGURATION, handle: (i + 1) * HANDLES }))
      .filter(({ uuid, handle }) => handle > start && handle <= end && (wanted.length === 0 || wanted.includes(uuid)))
    this.#answer(client, found)
  }

  #write(client: Client, handle: number, bytes: Uint8Array, response: boolean): void {
    const path = this.#paths[handle / HANDLES - 1]
    if (!client.connected) return
    if (!response) this.#execute(client, 0)
    if (path === undefined) return this.#execute(client, ATT_WRITE_REFUSED)
    if (bytes[0] === 0) return this.#execute(client, 0)
    client.connection?.subscribe(full(path.service), full(path.characteristic), (error) =>
      this.#execute(client, error === undefined ? 0 : ATT_WRITE_REFUSED),
    )
  }

  #answer(client: Client, found: readonly object[]): void {
    if (!client.connected) return this.#execute(client, NOT_CONNECTED)
    this.#later(client, ANSWER_TIME, () => {
      if (client.connected) this.#execute(client, 0, JSON.stringify(found))
      else this.#execute(client, NOT_CONNECTED)
    })
  }

  #execute(client: Client, status: number, found?: string): void {
    this.#hardware.post('gatt', client.executed, status, found)
  }

  #later(client: Client, ms: number, action: () => void): void {
    this.#hardware.clock.set(() => {
      if ([...this.#clients.values()].includes(client)) action()
    }, ms)
  }

  #stop(): number {
    this.#hardware.clock.clear(this.#start)
    this.#running = false
    for (const scanner of this.#scanners.values()) {
      if (scanner.active) this.#air.stopScan()
      scanner.active = false
    }
    for (const client of this.#clients.values()) {
      client.connection?.close()
      if (client.connecting && client.connection !== undefined) this.#execute(client, CANCELLED)
      else if (client.connected) this.#broken(client)
      client.connecting = false
      client.connection = undefined
    }
    return 0
  }

  #client(id: number): Client {
    return this.#clients.get(id)!
  }
}

function bufferOf(bytes: Uint8Array | undefined): ArrayBuffer | undefined {
  return bytes?.slice().buffer as ArrayBuffer | undefined
}

const BASE = '-0000-1000-8000-00805f9b34fb'

function uuidsOf(text: string): string[] {
  return text === '' ? [] : text.split(' ').map((uuid) => short(uuid.toLowerCase()))
}

function short(uuid: string): string {
  return uuid.startsWith('0000') && uuid.endsWith(BASE) ? uuid.slice(4, 8) : uuid
}

function full(uuid: string): string {
  return uuid.length === 4 ? `0000${uuid}${BASE}` : uuid
}
