/// <reference path="../../../globals.d.ts" />
import 'board/strings'
import { bytesOf, callbackOf, checkOpen, has, toInteger } from 'board/native'

/*
 * MOD/modules/io/ble/client/esp32/bleclient.js, bleclient.c.
 * Scanning: c:194 the first scanner starts NimBLE, counted in 8 bits; :202, :274 any other is never registered, so that
 * it hears nothing and no error; :220 read() without an advertisement is undefined; :370 advertisements pile up until
 * they are read; :234 the address is in capitals, with the type behind it; :241 127 is no rssi.
 * A client: :529 "invalid address"; :947 connecting is without limit, and an error of the call is not looked at: while
 * NimBLE scans, holds another connection or is not there, nothing ever comes; :623 close() cancels only what connects;
 * :879 a disconnection calls onError without argument; :901 the first buffer of a notification is all that is kept;
 * :1169 read() without a value is a null pointer; :1056, :1213 what fails at once is never told.
 * Requests: js:100 one at a time; js:107 "closing" once close() was called; js:117 the callback is called before the
 * request leaves the queue; js:122 on closing all that wait are "canceled" before the callback of close().
 */

const COMPLETE_NAME = 9
const SHORT_NAME = 8

class Advertisement extends ArrayBuffer {
  declare address: string
  declare rssi: number | undefined

  get(type: number): ArrayBuffer | undefined {
    const wanted = toInteger(type)
    if (wanted < 0 || wanted > 255) throw new Error('invalid')
    const data = new Uint8Array(this)
    for (let offset = 0; offset < data.length - 3; offset += 1 + data[offset]!) {
      const size = data[offset]!
      if (size < 2 || size > data.length - offset) break
      if (data[offset + 1] !== wanted) continue
      // One byte more than there is may count as the last: it is what lies behind.
      const found = new Uint8Array(size - 1)
      found.set(data.subarray(offset + 2, offset + 1 + size))
      return found.buffer
    }
    return undefined
  }

  get name(): string {
    const data = this.get(COMPLETE_NAME) ?? this.get(SHORT_NAME)
    // Throws where a neighbour's name is no UTF-8.
    return data === undefined ? '' : String.fromArrayBuffer(data)
  }

  get services(): string[] | undefined {
    const services: string[] = []
    for (const [type, size] of [
      [3, 2],
      [5, 4],
    ] as const) {
      const data = this.get(type) ?? this.get(type - 1)
      if (data === undefined) continue
      const bytes = new Uint8Array(data)
      for (let i = 0; i < bytes.length; i += size) {
        let value = 0
        for (let j = size - 1; j >= 0; j--) value = value * 256 + (bytes[i + j] ?? 0)
        services.push(value.toString(16).padStart(2 * size, '0'))
      }
    }
    return services.length > 0 ? services : undefined
  }

  get manufacturerData(): { manufacturer: number; data: ArrayBuffer } | undefined {
    const data = this.get(255)
    if (data === undefined || data.byteLength < 2) return undefined
    const bytes = new Uint8Array(data)
    return { manufacturer: bytes[0]! | (bytes[1]! << 8), data: data.slice(2) }
  }
}

interface GAPOptions {
  readonly onReadable?: ((count: number) => void) | null
  readonly onError?: ((error: number) => void) | null
  readonly services?: readonly string[]
  readonly target?: unknown
}

export class GAPClient {
  declare target: unknown
  #id = 0
  #handle: number

  constructor(options: GAPOptions) {
    const onReadable = callbackOf(options.onReadable)
    // NimBLE always scans here where it is started.
    callbackOf(options.onError)
    if (has(options, 'target')) this.target = options.target
    if (has(options, 'services')) throw new Error('the board rig has no filter of services')
    const readable = hold(() => {
      const count: number = world('ble.told', this.#id)
      onReadable?.call(this, count)
    })
    this.#handle = readable
    this.#id = world('ble.scan', onReadable === undefined ? 0 : readable)
  }

  close(): void {
    if (this.#id === 0) return
    world('ble.stopScan', this.#id)
    drop(this.#handle)
    this.#id = 0
  }

  read(): Advertisement | undefined {
    checkOpen(this.#id !== 0)
    const packet: ArrayBuffer | undefined = world('ble.packet', this.#id)
    if (packet === undefined) return undefined
    const bytes = new Uint8Array(packet)
    const advertisement = new Advertisement(bytes.length - 8)
    new Uint8Array(advertisement).set(bytes.subarray(8))
    const hex = (byte: number) => byte.toString(16).toUpperCase().padStart(2, '0')
    advertisement.address = `${[...bytes.subarray(0, 6)].map(hex).join(':')}/${hex(bytes[6]!)}`
    const rssi = (bytes[7]! << 24) >> 24
    if (rssi !== 127) advertisement.rssi = rssi
    return advertisement
  }
}

interface Found {
  readonly uuid: string
  readonly handle: number
  readonly start?: number
  readonly end?: number
  readonly properties?: number
  configuration?: number
}

class GATTClientService {
  declare private native: Found

  constructor() {
    throw new Error()
  }

  get uuid(): string {
    return this.native.uuid
  }
}

class GATTClientCharacteristic {
  declare private native: Found

  constructor() {
    throw new Error()
  }

  get uuid(): string {
    return this.native.uuid
  }

  get handle(): number {
    return this.native.handle
  }

  get properties(): number {
    return this.native.properties!
  }
}

class GATTClientDescriptor {
  declare private native: Found

  constructor() {
    throw new Error()
  }

  get uuid(): string {
    return this.native.uuid
  }
}

interface GATTOptions {
  readonly address: string
  readonly mtu?: number
  readonly onReady?: () => void
  readonly onReadable?: ((count: number) => void) | null
  readonly onError?: ((error?: Error) => void) | null
  readonly security?: unknown
  readonly target?: unknown
}

type Done<T> = (error: Error | null, result?: T) => void

/** One thing that was asked for; `ask` gives it to NimBLE. */
interface Request {
  readonly ask: () => void
  readonly done: Done<never> | undefined
  readonly take: ((found: string | ArrayBuffer) => unknown) | undefined
}

const CONFIGURATION = '2902'

export class GATTClient {
  static properties = Object.freeze({
    authenticatedSignedWrites: 1 << 6,
    broadcast: 1 << 0,
    indicate: 1 << 5,
    notify: 1 << 4,
    read: 1 << 1,
    reliableWrite: 1 << 7,
    write: 1 << 3,
    writeWithOutResponse: 1 << 2,
  })

  declare target: unknown
  #id = 0
  #handles: readonly number[]
  #requests: Request[] = []
  #closing = false
  #ends = false

  constructor(options: GATTOptions) {
    if (options.target) this.target = options.target
    const mtu = has(options, 'mtu') ? Math.min(527, Math.max(23, toInteger(options.mtu))) : 0
    const onReadable = callbackOf(options.onReadable)
    const onError = callbackOf(options.onError)
    if (has(options, 'security')) throw new Error('the board rig has no pairing')
    const executed = hold((status: number, found?: string | ArrayBuffer) => this.#executed(status, found))
    const readable = hold(() => {
      const count: number = world('gatt.told', this.#id)
      onReadable?.call(this, count)
    })
    const gone = hold(() => onError?.call(this))
    this.#handles = [executed, readable, gone]
    const id: number | undefined = world(
      'gatt.open',
      String(options.address),
      mtu,
      executed,
      onReadable === undefined ? 0 : readable,
      onError === undefined ? 0 : gone,
    )
    if (id === undefined) throw new Error('invalid address')
    this.#id = id
    const { onReady } = options
    this.#request(
      () => world('gatt.connect', this.#native()),
      (error: Error | null) => {
        if (error) onError?.call(this, error)
        else onReady?.call(this)
      },
    )
  }

  close(callback?: () => void): void {
    if (this.#closing) return
    if (this.#id !== 0) world('gatt.cancel', this.#id)
    this.#request(
      () => {
        this.#ends = true
        world('gatt.close', this.#native())
      },
      callback as Done<never> | undefined,
    )
    this.#closing = true
  }

  getPrimaryServices(options: unknown, callback: unknown = options): void {
    const uuids = listOf(options, callback)
    this.#request(
      () => world('gatt.services', this.#native(), uuids()),
      callback as Done<never>,
      (found) => (JSON.parse(found as string) as Found[]).map((native) => instance(GATTClientService, native)),
    )
  }

  getCharacteristics(service: GATTClientService, options: unknown, callback: unknown = options): void {
    const uuids = listOf(options, callback)
    this.#request(
      () => {
        const { start, end } = nativeOf(service, GATTClientService)
        world('gatt.characteristics', this.#native(), start, end, uuids())
      },
      callback as Done<never>,
      (found) => (JSON.parse(found as string) as Found[]).map((native) => instance(GATTClientCharacteristic, native)),
    )
  }

  getDescriptors(characteristic: GATTClientCharacteristic, options: unknown, callback: unknown = options): void {
    const uuids = listOf(options, callback)
    this.#request(
      () => {
        const { handle, end } = nativeOf(characteristic, GATTClientCharacteristic)
        world('gatt.descriptors', this.#native(), handle, end, uuids())
      },
      callback as Done<never>,
      (found) =>
        (JSON.parse(found as string) as Found[]).map((native) => {
          if (native.uuid === CONFIGURATION)
            nativeOf(characteristic, GATTClientCharacteristic).configuration = native.handle
          return instance(GATTClientDescriptor, native)
        }),
    )
  }

  read(what?: unknown, options?: unknown, callback: unknown = options): ArrayBuffer | undefined {
    if (!callback) return this.#readValue()
    this.#request(
      () => world('gatt.read', this.#native(), attributeOf(what).handle),
      callback as Done<never>,
      (found) => found,
    )
    return undefined
  }

  write(what: unknown, value: unknown, options?: unknown, callback: unknown = options): void {
    const response =
      options === callback || !(what instanceof GATTClientCharacteristic)
        ? true
        : Boolean((options as { response?: unknown }).response ?? true)
    this.#request(
      () => {
        const { handle, properties = 0 } = attributeOf(what)
        const asked = response || !(properties & GATTClient.properties.writeWithOutResponse)
        world('gatt.write', this.#native(), handle, bytesOf(value), asked)
      },
      callback as Done<never>,
    )
  }

  subscribe(characteristic: GATTClientCharacteristic, callback?: Done<never>): void {
    this.#configure(characteristic, true, callback)
  }

  unsubscribe(characteristic: GATTClientCharacteristic, callback?: Done<never>): void {
    this.#configure(characteristic, false, callback)
  }

  replyToPasskey(_action: string, _value: unknown): void {
    throw new Error('the board rig has no pairing')
  }

  get maximumWrite(): number {
    const mtu: number = world('gatt.mtu', this.#native())
    return mtu === 0 ? 0 : mtu - 3
  }

  /** Where a characteristic has no configuration this throws, in the callback: `descriptors[0]` is undefined (js:198). */
  #configure(characteristic: GATTClientCharacteristic, enable: boolean, callback?: Done<never>): void {
    const { configuration, properties = 0 } = nativeOf(characteristic, GATTClientCharacteristic)
    const { notify, indicate } = GATTClient.properties
    const flag = !enable ? 0 : properties & notify ? 1 : properties & indicate ? 2 : undefined
    const write = (descriptor: GATTClientDescriptor) => {
      if (flag === undefined) callback?.call(this, new Error('no notify or indicate'))
      else this.write(descriptor, Uint8Array.of(flag, 0), callback)
    }
    if (configuration !== undefined)
      return write(instance(GATTClientDescriptor, { uuid: CONFIGURATION, handle: configuration }))
    this.getDescriptors(
      characteristic,
      [CONFIGURATION],
      (error: Error | null, descriptors: readonly GATTClientDescriptor[]) => {
        if (error) return callback?.call(this, error)
        write(descriptors[0]!)
        this.#requests.splice(1, 0, this.#requests.pop()!)
      },
    )
  }

  #readValue(): ArrayBuffer {
    const value: ArrayBuffer | undefined = world('gatt.value', this.#native())
    if (value === undefined) world('chip.crash', 'embedded:io/bluetoothle/central: read() without a value')
    const bytes = value!.slice(2) as ArrayBuffer & { handle: number }
    bytes.handle = new DataView(value!).getUint16(0, true)
    return bytes
  }

  #native(): number {
    checkOpen(this.#id !== 0)
    return this.#id
  }

  #request(ask: () => void, done: Done<never> | undefined, take?: Request['take']): void {
    if (this.#closing) throw new Error('closing')
    this.#requests.push({ ask, done, take })
    if (this.#requests.length === 1) ask()
  }

  #executed(status: number, found?: string | ArrayBuffer): void {
    const request = this.#requests[0]
    if (request === undefined) {
      world('chip.crash', 'embedded:io/bluetoothle/central: an answer to nothing')
      return
    }
    const ended = this.#ends
    const error = status === 0 ? null : new Error(String(status))
    const result = error || found === undefined || request.take === undefined ? undefined : request.take(found)
    request.done?.call(this, error, result as never)
    this.#requests.shift()
    if (this.#closing) while (this.#requests.length > 1) this.#requests.shift()!.done?.(new Error('canceled'))
    this.#requests[0]?.ask()
    if (!ended) return
    world('gatt.free', this.#id)
    for (const handle of this.#handles) drop(handle)
    this.#id = 0
  }
}

function instance<T>(type: { readonly prototype: T }, native: Found): T {
  return Object.create(type.prototype as object, { native: { value: native } }) as T
}

function nativeOf(what: unknown, type: abstract new (...values: never[]) => unknown): Found {
  if (!(what instanceof type)) throw new SyntaxError('C: xsGetHostChunk: invalid host data')
  return (what as { native: Found }).native
}

function attributeOf(what: unknown): Found {
  if (what instanceof GATTClientCharacteristic || what instanceof GATTClientDescriptor)
    return (what as unknown as { native: Found }).native
  throw new Error('not characteristic or descriptor')
}

/** The UUIDs that were asked for, as text; checked when the request's turn comes. */
function listOf(options: unknown, callback: unknown): () => string {
  return () => (options === callback || !options ? '' : (options as string[]).map(String).join(' '))
}
