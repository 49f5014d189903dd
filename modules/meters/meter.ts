import type { Result } from '../codec/result.js'

/** What a sample can carry, by the server's names. */
export type QuantityName = 'program' | 't1' | 't2' | 't3' | 'tdif' | 'flow1' | 'effect1' | 'hr' | 'v1' | 'e1'

/** An exact value: the decimal digits that the meter gave, never a float. The unit is empty where the sample has none. */
export interface Quantity {
  readonly value: string
  readonly unit: string
}

/** Some quantities of a meter by their names. */
export type Quantities = { [name in QuantityName]?: Quantity }

/** What a meter said in one reading. A quantity that the meter did not say is missing. */
export interface Reading {
  /** Serial number, digits without padding. */
  readonly serial: string
  readonly quantities: Readonly<Quantities>
}

/** A meter that can be asked for a reading. */
export interface Meter {
  /** Holds one dialogue with its retries. A meter that counts gives undefined when there is nothing new. Rejects only when the line itself fails. */
  read(): Promise<Result<Reading | undefined>>
  /** Ends a dialogue that is under way, and closes what the meter uses. */
  close(): void
}
