/** What a peer offers: services with one characteristic each, whose notifications can be switched on. */
export interface Path {
  readonly service: string
  readonly characteristic: string
}

/** A VW1871's, as NimBLE writes UUIDs: those of the Bluetooth base in four digits (esp-nimble ble_uuid.c, ble_uuid_from_str). */
export const VW1871_PATHS: readonly Path[] = Object.freeze([
  { service: 'ff00', characteristic: 'ff01' },
  { service: '18f0', characteristic: '2af0' },
  { service: 'ff80', characteristic: 'ff81' },
  { service: '49535343-fe7d-4ae5-8fa9-9fafd205e455', characteristic: '49535343-1e4d-4bd9-ba61-23c647249616' },
])

const NOTIFY = 16
const CONFIGURATION = '2902'
const BASE = '-0000-1000-8000-00805f9b34fb'

/** Handles of a service: itself, its characteristic, the value, the configuration. */
const HANDLES = 4

/** A peer's table of attributes, and what NimBLE finds in it. */
export class Attributes {
  #paths: readonly Path[]

  constructor(paths: readonly Path[]) {
    this.#paths = paths
  }

  /** @param uuids with spaces between; none are all */
  services(uuids: string): object[] {
    return this.#paths
      .map(({ service }, i) => ({
        uuid: service,
        handle: i * HANDLES + 1,
        start: i * HANDLES + 1,
        end: (i + 1) * HANDLES,
      }))
      .filter(wanted(uuids))
  }

  characteristics(start: number, end: number, uuids: string): object[] {
    return this.#paths
      .map(({ characteristic: uuid }, i) => ({ uuid, handle: i * HANDLES + 3, start, end, properties: NOTIFY }))
      .filter(({ handle }) => handle > start && handle <= end)
      .filter(wanted(uuids))
  }

  descriptors(start: number, end: number, uuids: string): object[] {
    return this.#paths
      .map((_path, i) => ({ uuid: CONFIGURATION, handle: (i + 1) * HANDLES }))
      .filter(({ handle }) => handle > start && handle <= end)
      .filter(wanted(uuids))
  }

  /** The path, with its UUIDs in full, whose configuration has this handle. */
  configured(handle: number): Path | undefined {
    const path = this.#paths[handle / HANDLES - 1]
    return path && { service: full(path.service), characteristic: full(path.characteristic) }
  }
}

function wanted(uuids: string): (found: { readonly uuid: string }) => boolean {
  const list = uuids === '' ? [] : uuids.split(' ').map((uuid) => short(uuid.toLowerCase()))
  return ({ uuid }) => list.length === 0 || list.includes(uuid)
}

function short(uuid: string): string {
  return uuid.startsWith('0000') && uuid.endsWith(BASE) ? uuid.slice(4, 8) : uuid
}

function full(uuid: string): string {
  return uuid.length === 4 ? `0000${uuid}${BASE}` : uuid
}
