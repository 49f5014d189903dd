import { type KnownHeader, knownHeader } from '../wmbus/signatures.js'
import type { Telegram } from '../wmbus/telegram.js'
import type { RadioDriver } from './driver.js'
import * as registry from './drivers.js'

/** All drivers of the registry. */
export const DRIVERS: readonly RadioDriver[] = Object.freeze(Object.values(registry))

/** The headers that the meters of all drivers send: which of them a meter sends depends on how it was configured. */
export const KNOWN_HEADERS: readonly KnownHeader[] = Object.freeze(
  DRIVERS.flatMap(({ headers }) => headers.map(knownHeader)),
)

/** The driver of the meter that sent a telegram: one that names its model, else the one that takes its type. */
export function driverOf({ model }: Telegram): RadioDriver | undefined {
  if (model === undefined) return undefined
  const text = modelText(model)
  for (const driver of DRIVERS) if (driver.meters.includes(text)) return driver
  for (const driver of DRIVERS) if (driver.types?.includes(model & 0xff)) return driver
  return undefined
}

/** `Telegram.model` as drivers have it: `KAM 1F 16`. */
function modelText(model: number): string {
  const letter = (shift: number) => String.fromCharCode(64 + ((model >>> shift) & 31))
  const byte = (shift: number) => ((model >>> shift) & 0xff).toString(16).toUpperCase().padStart(2, '0')
  return `${letter(26)}${letter(21)}${letter(16)} ${byte(8)} ${byte(0)}`
}
