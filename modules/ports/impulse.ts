/** An input with a pull-up, on which a meter's contact draws impulses low. */
export interface ImpulsePort {
  /** Impulses that have ended since power-on; counted in the interrupt, so that none is lost while the firmware is busy. */
  readonly count: number
  /** How long the last one was low, in ms. */
  readonly width: number
  /** Called when `count` has grown, by one or more. */
  onImpulse: (() => void) | undefined
  close(): void
}
