/** How an update is going. */
export interface UpdateState {
  readonly at: 'idle' | 'fetching' | 'checking' | 'restarting' | 'probation'
  /** Of the image on its way, once its head was checked; else empty. */
  readonly version: string
  /** 0 to 100 */
  readonly percent: number
  /** Why the last one did not go on; empty when none has failed since power-on. */
  readonly reason: string
}

/** Updates as the portal sees them. */
export interface PortalUpdate {
  readonly progress: UpdateState
  /**
   * Takes a piece of a signed file that begins at byte `at` of it. A file begins with the piece at 0.
   * @returns the byte that has to come next; undefined when none has to
   */
  upload(at: number, piece: Uint8Array): number | undefined
}
