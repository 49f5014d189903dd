/*
 * The part of @stoprocent/noble that is used. The library is an optional dependency, so its own types may be absent.
 * Identifiers of services and characteristics have no hyphens, and four digits where the base UUID is Bluetooth's.
 */

export interface Noble {
  /** Not in its documentation. */
  readonly _bindings?: { on(event: 'warning', listener: (text: string) => void): unknown }
  on(event: 'stateChange', listener: (state: string) => void): unknown
  on(event: 'discover', listener: (peripheral: Peripheral) => void): unknown
  on(event: 'warning', listener: (text: string) => void): unknown
  removeAllListeners(event: 'warning'): unknown
  /** Throws where the adapter is not `poweredOn`. */
  startScanning(services: readonly string[], duplicates: boolean): void
  stopScanning(onDone?: () => void): void
  stop(): void
}

export interface Peripheral {
  /** Where the host hides addresses this is all there is of one. */
  readonly id: string
  readonly advertisement?: { readonly localName?: string | null }
  readonly rssi: number
  readonly state: 'error' | 'connecting' | 'connected' | 'disconnecting' | 'disconnected'
  on(event: 'connect', listener: (error?: unknown) => void): unknown
  once(event: 'disconnect', listener: (reason?: unknown) => void): unknown
  removeListener(event: 'disconnect', listener: (reason?: unknown) => void): unknown
  connect(options: { readonly mtu: number }, onDone: (error?: unknown) => void): void
  cancelConnect(): void
  disconnect(): void
  discoverServices(
    uuids: readonly string[],
    onDone: (error: unknown, services?: readonly Service[] | null) => void,
  ): void
}

export interface Service {
  readonly uuid: string
  discoverCharacteristics(
    uuids: readonly string[],
    onDone: (error: unknown, characteristics?: readonly Characteristic[] | null) => void,
  ): void
}

export interface Characteristic {
  readonly uuid: string
  on(event: 'data', listener: (data: Uint8Array) => void): unknown
  subscribe(onDone: (error?: unknown) => void): void
}

const BASE = /^0000([0-9a-f]{4})-0000-1000-8000-00805f9b34fb$/

/** The library's form of a UUID of 128 bits. */
export function nobleUuid(uuid: string): string {
  return BASE.exec(uuid)?.[1] ?? uuid.replaceAll('-', '')
}

/** What the library gives as an error: an `Error`, a text, or a number of the controller. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
