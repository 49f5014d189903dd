import type { Result } from '../codec/result.js'

/** What a sample can carry, by the server's names. */
export type QuantityName = 'program' | 't1' | 't2' | 't3' | 'tdif' | 'flow1' | 'effect1' | 'hr' | 'v1' | 'e1'

/** Exact: the decimal digits the meter gave, never a float. The unit is empty where the sample has none. */
export interface Quantity {
  readonly value: string
  readonly unit: string
}

/** What a meter said in one reading; what it did not say is not there. */
export interface Reading {
  /** Serial number, digits without padding. */
  readonly serial: string
  readonly quantities: { readonly [name in QuantityName]?: Quantity }
}

/** A meter that can be asked for a reading. */
export interface Meter {
  /** One dialogue with its retries; undefined when there is nothing new. Rejects only when the line itself fails. */
  read(): Promise<Result<Reading | undefined>>
  /** Writes what it has counted, where it counts. */
  save?(): void
  close(): void
}
