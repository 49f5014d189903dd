/** A message of a device, opened. */
export interface Arrival {
  /** As it stands in the topic. */
  readonly serial: string
  /** First level of the topic: `sample`, `version`, `status` and so on; `offline` is the last will. */
  readonly kind: string
  /** Unix seconds, of the topic; of now for the last will, which has none. */
  readonly time: number
  readonly text: string
  /** Unix milliseconds. */
  readonly receivedAt: number
}
