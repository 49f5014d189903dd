import { type KnownHeader, knownHeader } from '../wmbus/signatures.js'
import type { Telegram } from '../wmbus/telegram.js'
import type { RadioDriver } from './driver.js'
import * as registry from './drivers.js'

interface Made {
  readonly model: number
  readonly driver: RadioDriver
}

/** All drivers of the registry. */
export const DRIVERS: readonly RadioDriver[] = Object.freeze(Object.values(registry))

/** The headers that the meters of all drivers send: which of them a meter sends depends on how it was configured. */
export const KNOWN_HEADERS: readonly KnownHeader[] = Object.freeze(
  DRIVERS.flatMap(({ headers }) => headers.map(knownHeader)),
)

const MODELS: readonly Made[] = Object.freeze(
  DRIVERS.flatMap((driver) => driver.meters.map((text) => Object.freeze({ model: modelOf(text), driver }))),
)

/** The driver of the meter that sent a telegram: one that names its model, else the one that takes its type. */
export function driverOf({ model }: Telegram): RadioDriver | undefined {
  if (model === undefined) return undefined
  for (const made of MODELS) if (made.model === model) return made.driver
  for (const driver of DRIVERS) if (driver.types?.includes(model & 0xff)) return driver
  return undefined
}

/** `KAM 1F 16` as `Telegram.model` has it. */
function modelOf(text: string): number {
  const letter = (at: number) => text.charCodeAt(at) - 64
  const manufacturer = (letter(0) << 10) | (letter(1) << 5) | letter(2)
  return manufacturer * 0x10000 + Number.parseInt(text.slice(4, 6) + text.slice(7, 9), 16)
}
