import type { Incident } from '../schedule.js'

/** An answer of the meter that an undisturbed device has heard to its end. */
export interface Reading {
  /** kWh. */
  readonly energy: number
  /** When the meter began and ended its answer. */
  readonly start: number
  readonly end: number
  /** Whether it came under the meter's own number. */
  readonly isNamed: boolean
  /** Whether it also told the energy that the meter has. */
  readonly isTrue: boolean
}

/** A packet of the broker that has reached the device. */
export interface Arrival {
  readonly topic: string
  readonly payload: Uint8Array
  /** The last part of the topic. */
  readonly name: string
  /** Whether the operator has sent it, or it is a copy of a command of the operator's that is not done yet. */
  readonly isOwn: boolean
  /** Whether the device does it. */
  readonly isDone: boolean
}

/** A message that the broker has passed on. */
export interface Delivered {
  readonly kind: string
  readonly serial: string
  /** Unix seconds of the topic. */
  readonly time: number
  /** When the broker passed it on, in ms. */
  readonly at: number
  /** The text of a sample in a hostile soak, where checkers look at it. */
  readonly text: string | undefined
}

/** Watches one invariant. The world tells it each moment that the invariant depends on. */
export interface Checker {
  onIncident?(incident: Incident): void
  onIncidentEnd?(incident: Incident): void
  /** @param length ms without power */
  onPowerCut?(length: number): void
  /** The device restarts in order; the machine's clock outlives that. */
  onRestart?(): void
  /** The firmware is about to start again. */
  onBoot?(): void
  onReading?(reading: Reading): void
  /** Right before the device gets a packet. */
  beforeArrival?(): void
  onArrival?(arrival: Arrival): void
  /** The device has done all that it does about the packet. @param arrival undefined if it has restarted meanwhile */
  afterArrival?(arrival: Arrival | undefined): void
  /** The device moves its valve. */
  onValve?(isOpen: boolean): void
  onDelivered?(message: Delivered): void
}
