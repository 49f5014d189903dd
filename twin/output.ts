import type { OutputPort } from '../modules/ports/output.js'

/** A simulated pin that tells its level. */
export class SimulatedOutput implements OutputPort {
  /** Undefined before it was first driven. */
  level: 0 | 1 | undefined
  /** How often it has changed since it was first driven. */
  changes = 0
  /** Called after each of these changes. */
  onChange: ((level: 0 | 1) => void) | undefined

  write(level: 0 | 1): void {
    const isChange = this.level !== undefined && this.level !== level
    this.level = level
    if (!isChange) return
    this.changes++
    this.onChange?.(level)
  }
}
