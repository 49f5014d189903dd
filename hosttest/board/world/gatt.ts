import type { BleConnection, BlePort } from '../../../modules/ports/ble.js'
import type { Attributes } from './attributes.js'
import type { Hardware } from './hardware.js'

/** A question to the peer and its answer, and the end of a connection, in ms. */
const ANSWER_TIME = 60
const TERMINATE_TIME = 50

/* NimBLE's results (esp-nimble host/ble_hs.h). */
const NOT_CONNECTED = 7
const CANCELLED = 9
const ATT_REFUSED = 0x103

/** Bytes of the link's packets; less than a notification where the peer does not take longer ones. */
const LONGEST_PACKET = 251
/** Of L2CAP and ATT. */
const HEADERS = 7

const SMALLEST_MTU = 23

/** What a client of the SDK's is called back by. */
interface Handles {
  readonly executed: number
  readonly readable: number
  readonly gone: number
}

interface Client extends Handles {
  readonly address: string
  readonly mtu: number
  readonly values: Uint8Array[]
  told: boolean
  /** The SDK believes that it connects. */
  connecting: boolean
  connected: boolean
  closing: boolean
  /** NimBLE's, connecting or connected. */
  connection: BleConnection | undefined
}

/** The SDK's clients and NimBLE's one connection (MOD/modules/io/ble/client/esp32/bleclient.c). */
export class GattClients {
  readonly operations
  packetLength = LONGEST_PACKET
  #clients = new Map<number, Client>()
  #last = 0
  #hardware: Hardware
  #air: BlePort
  #attributes: Attributes
  #canConnect: () => boolean

  constructor(hardware: Hardware, air: BlePort, attributes: Attributes, canConnect: () => boolean) {
    this.#hardware = hardware
    this.#air = air
    this.#attributes = attributes
    this.#canConnect = canConnect
    this.operations = {
      'gatt.open': (address: string, mtu: number, executed: number, readable: number, gone: number) =>
        this.#open(address, mtu, { executed, readable, gone }),
      'gatt.free': (id: number) => {
        this.#clients.delete(id)
      },
      'gatt.connect': (id: number) => this.#connect(this.#at(id)),
      'gatt.cancel': (id: number) => this.#cancel(this.#at(id)),
      'gatt.close': (id: number) => this.#close(this.#at(id)),
      'gatt.services': (id: number, uuids: string) => this.#answer(this.#at(id), this.#attributes.services(uuids)),
      'gatt.characteristics': (id: number, start: number, end: number, uuids: string) =>
        this.#characteristics(this.#at(id), start, end, uuids),
      'gatt.descriptors': (id: number, start: number, end: number, uuids: string) =>
        this.#answer(this.#at(id), this.#attributes.descriptors(start, end, uuids)),
      'gatt.write': (id: number, handle: number, bytes: ArrayBuffer, response: boolean) =>
        this.#write(this.#at(id), handle, new Uint8Array(bytes), response),
      'gatt.read': (id: number) => this.#execute(this.#at(id), ATT_REFUSED),
      'gatt.told': (id: number) => {
        this.#at(id).told = false
        return this.#at(id).values.length
      },
      'gatt.value': (id: number) => this.#at(id).values.shift()?.slice().buffer as ArrayBuffer | undefined,
      'gatt.mtu': (id: number) => this.#at(id).mtu,
    }
  }

  /** NimBLE is stopped: every connection breaks. */
  stop(): void {
    for (const client of this.#clients.values()) {
      if (client.connection === undefined) continue
      client.connection.close()
      if (client.connected) this.#broken(client)
      else this.#cancelled(client)
    }
  }

  /** The board has no power any more. */
  clear(): void {
    for (const { connection } of this.#clients.values()) connection?.close()
    this.#clients.clear()
  }

  #open(address: string, mtu: number, handles: Handles): number | undefined {
    const found = /^((?:[0-9A-Fa-f]{1,2}:){5}[0-9A-Fa-f]{1,2})\/([0-9A-Fa-f]{1,2})/.exec(address)
    if (found === null) return undefined
    this.#clients.set(++this.#last, {
      ...handles,
      address: `${found[1]}/${Number.parseInt(found[2]!, 16)}`,
      mtu,
      values: [],
      told: false,
      connecting: false,
      connected: false,
      closing: false,
      connection: undefined,
    })
    return this.#last
  }

  #connect(client: Client): void {
    client.connecting = true
    if (!this.#canConnect() || this.#connections().length > 0) return
    client.connection = this.#air.connect({
      address: client.address,
      mtu: client.mtu || SMALLEST_MTU,
      onReady: () => {
        client.connecting = false
        client.connected = true
        this.#execute(client, 0)
      },
      onNotification: (bytes) => this.#notify(client, bytes),
      onClosed: () => this.#broken(client),
    })
  }

  /** NimBLE cancels what it is connecting, which need not be this client's. */
  #cancel(client: Client): void {
    const connecting = this.#connections().find(({ connected }) => !connected)
    if (!client.connecting || connecting === undefined) return
    connecting.connection?.close()
    this.#cancelled(connecting)
  }

  #cancelled(client: Client): void {
    client.connecting = false
    client.connection = undefined
    this.#execute(client, CANCELLED)
  }

  #close(client: Client): void {
    client.closing = true
    if (!client.connected) return this.#execute(client, 0)
    client.connection?.close()
    this.#later(client, TERMINATE_TIME, () => this.#broken(client))
  }

  #broken(client: Client): void {
    client.connected = false
    client.connecting = false
    client.connection = undefined
    if (client.closing) this.#execute(client, 0)
    else if (client.gone !== 0) this.#hardware.post('gatt', client.gone)
  }

  #notify(client: Client, bytes: Uint8Array): void {
    client.values.push(Uint8Array.of(0, 0, ...bytes.subarray(0, this.packetLength - HEADERS)))
    if (client.told || client.readable === 0) return
    client.told = true
    this.#hardware.post('gatt', client.readable)
  }

  /** With one UUID, the error of the call is not looked at (bleclient.c:1056). */
  #characteristics(client: Client, start: number, end: number, uuids: string): void {
    if (!client.connected && uuids !== '' && !uuids.includes(' ')) return
    this.#answer(client, this.#attributes.characteristics(start, end, uuids))
  }

  #write(client: Client, handle: number, bytes: Uint8Array, response: boolean): void {
    if (!response) return this.#execute(client, 0)
    // Nor is it here (bleclient.c:1213).
    if (!client.connected) return
    const path = this.#attributes.configured(handle)
    if (path === undefined) return this.#execute(client, ATT_REFUSED)
    if (bytes[0] === 0) return this.#execute(client, 0)
    client.connection?.subscribe(path.service, path.characteristic, (error) =>
      this.#execute(client, error === undefined ? 0 : ATT_REFUSED),
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

  #connections(): Client[] {
    return [...this.#clients.values()].filter(({ connection }) => connection !== undefined)
  }

  #at(id: number): Client {
    return this.#clients.get(id)!
  }
}
