/** A part of the firmware. The parts start in the order of their list and close in the reverse order. */
export interface Part {
  start?(): void
  /** Cancels every timer, gives up what the part holds of the world, and writes what is not yet written. */
  close(): void
}
