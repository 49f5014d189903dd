import type { SlotError } from '../storage/slots.js'

/** What an update asks and tells. An object, because closures would take more RAM. */
export interface UpdateHost {
  /** Messages, and samples among them, that the broker has acknowledged since power-on. */
  readonly delivered: number
  readonly deliveredSamples: number
  /** Whether the meter was read of late. */
  readonly meterWasRead: boolean
  readonly brokerConnected: boolean
  /** Whether the line to the meter, the broker or a page of the portal needs the time now. */
  isBusy(): boolean
  /** Publishes how an update goes on. */
  tell(text: string): void
  onUpdating(isUpdating: boolean): void
  onFlashError(error: SlotError): void
  /** Ends everything, and restarts a little later. */
  restart(): void
}
