import type { Clock, Timer } from '../modules/ports/clock.js'
import type { ImpulsePort } from '../modules/ports/impulse.js'

/** A simulated input for impulses. */
export class SimulatedImpulses implements ImpulsePort {
  onImpulse: (() => void) | undefined
  count = 0
  width = 0

  /** An impulse of this many ms has just ended. */
  impulse(width = 100): void {
    this.count++
    this.width = width
    this.onImpulse?.()
  }

  close(): void {
    this.onImpulse = undefined
  }
}

/**
 * Simulates a house that uses 1.5 to 12 kW through a meter of 100 impulses a kWh.
 * @param size how much it uses against that
 * @returns what ends it
 */
export function startImpulses(impulses: SimulatedImpulses, clock: Clock, size = 1): () => void {
  let timer: Timer | undefined
  const next = () => {
    const kilowatts = 6 + 4 * Math.sin(clock.now() / 1_700_000) + 2 * Math.sin(clock.now() / 190_000)
    timer = clock.set(
      () => {
        impulses.impulse()
        next()
      },
      36_000 / (size * Math.max(1.5, kilowatts)),
    )
  }
  next()
  return () => clock.clear(timer)
}
