import type { OutputPort } from '../modules/ports/output.js'

/** A simulated pin that tells its level. */
export class SimulatedOutput implements OutputPort {
  /** Undefined before it was first driven. */
  level: 0 | 1 | undefined
  /** How often it has changed since. */
  changes = 0

  write(level: 0 | 1): void {
    if (this.level !== undefined && this.level !== level) this.changes++
    this.level = level
  }
}
