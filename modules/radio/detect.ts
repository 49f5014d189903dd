import type { KnownHeader } from '../wmbus/signatures.js'
import type { Telegram } from '../wmbus/telegram.js'
import type { RadioDriver } from './driver.js'
import * as registry from './drivers.js'
import type { RadioHeader } from './header-list.js'

/** All drivers of the registry. */
export const DRIVERS: readonly RadioDriver[] = Object.freeze(Object.values(registry))

/** The headers that the meters of all drivers send: which of them a meter sends depends on how it was configured. */
export const KNOWN_HEADERS: readonly KnownHeader[] = Object.freeze(DRIVERS.flatMap(({ headers }) => headers))

/** Those and the ones that somebody has entered: one that is no guess goes before those of the drivers. */
export function knownWith(entered: readonly RadioHeader[]): readonly KnownHeader[] {
  if (entered.length === 0) return KNOWN_HEADERS
  return [...entered.filter(({ isGuess }) => !isGuess), ...KNOWN_HEADERS, ...entered.filter(({ isGuess }) => isGuess)]
}

/** The driver of the meter that sent a telegram: one that names its model, else the one that takes its type. */
export function driverOf({ model }: Telegram): RadioDriver | undefined {
  if (model === undefined) return undefined
  for (const driver of DRIVERS) if (driver.models.includes(model)) return driver
  for (const driver of DRIVERS) if (driver.types?.includes(model & 0xff)) return driver
  return undefined
}
