import type { Reading } from './meter.js'

/** What a meter calls when it has something to tell. */
export interface MeterEvents {
  /** A reading, and when it was complete in ms on the monotonic clock. */
  onReading(reading: Reading, at: number): void
  /** The meter should have told something and has not. @param error `kind: expected x, got y`, for the log */
  onFailure(error: string): void
}

/** A meter at work. It may be asked (`meters/polled`) or talk by itself; the firmware sees no difference. */
export interface MeterSource {
  start(): void
  /** Cancels every timer, closes what the meter uses of the board, and writes what it has counted. */
  close(): void
  /** The broker is connected; a reading is welcome soon. */
  onConnected?(): void
  /** Whether the line is in use. */
  readonly isTalking?: boolean
  /** Writes what the meter has counted or learned. */
  save?(): void
  /** The serial number, of a meter that need not tell it. */
  readonly serial?: string
  /** What set-up shows and changes of a meter that counts. */
  readonly count?: MeterCount
}

/** The counter of a meter that counts. Totals are in Wh or litres. */
export interface MeterCount {
  /** What the meter shows now. */
  readonly reading: number
  readonly unit: 'kWh' | 'm3'
  /** Impulses a kWh or m3, as set up. */
  readonly perUnit: number
  /** The setting `impulseStart` with which the meter shows `reading` now. */
  startFor(reading: number, perUnit: number): number
  /** Writes the count, from which a start counts. */
  save(): void
}
