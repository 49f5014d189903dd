import type { KeyRegister } from '../../tools/key-register.js'
import type { Figures } from '../store/figures.js'
import type { Row } from '../store/store.js'
import { instantText } from '../store/times.js'

const HOUR = 3_600_000

/** Samples of a day without a gap. */
export const EXPECTED = 1440

/** Columns of `Health`, as the CSV has them. */
export const HEALTH_COLUMNS = [
  'serial',
  'name',
  'online',
  'last_seen',
  'samples',
  'valve',
  'version',
  'rssi_dbm',
] as const

/** How a device is. Every value is text; null is what nobody knows. */
export type Health = Readonly<Record<(typeof HEALTH_COLUMNS)[number], string | null>>

export interface HealthOptions {
  readonly figures: Figures
  readonly register: KeyRegister | undefined
  /** A device that says nothing for so many milliseconds is offline. */
  readonly silent: number
}

/** A device as the database and the register know it, before its samples are counted. */
export type Known = Omit<Health, 'samples'>

/** The devices of the register in its order, then those that only the database knows. @param text what number or name holds */
export async function knownDevices({ figures, register, silent }: HealthOptions, text = ''): Promise<readonly Known[]> {
  const rows = new Map<string, Row>()
  for (const row of await figures.devices()) rows.set(register?.find(row.serial!)?.serial ?? row.serial!, row)
  const serials = new Set([...(register?.devices ?? []).map(({ serial }) => serial), ...rows.keys()])
  const wanted = text.toLowerCase()
  return [...serials]
    .map((serial) => known(rows.get(serial) ?? { serial }, register?.find(serial)?.name, silent))
    .filter(({ serial, name }) => `${serial}\n${name ?? ''}`.toLowerCase().includes(wanted))
}

export function known(row: Row, name: string | undefined, silent: number): Known {
  const { serial = null, last_seen = null, offline_at = null, valve = null, version = null, rssi_dbm = null } = row
  const isOnline =
    last_seen !== null &&
    Date.now() - Date.parse(last_seen) <= silent &&
    !(offline_at !== null && offline_at > last_seen)
  const shownValve = valve === 'close' ? 'closed' : valve
  return {
    serial,
    name: name ?? null,
    online: isOnline ? 'online' : 'offline',
    ...{ last_seen, valve: shownValve, version, rssi_dbm },
  }
}

/** The same with the samples of the last 24 hours. */
export async function withSamples(figures: Figures, devices: readonly Known[]): Promise<readonly Health[]> {
  const after = Date.now() - 24 * HOUR
  const samples = await figures.samplesSince(
    devices.map(({ serial }) => serial!),
    textOf(after),
    textOf((Math.floor(after / HOUR) + 1) * HOUR),
  )
  return devices.map((device) => ({ ...device, samples: String(samples.get(device.serial!) ?? 0) }))
}

function textOf(ms: number): string {
  return instantText(Math.floor(ms / 1000))
}
