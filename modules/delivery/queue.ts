/** A message of the device before it is dated and sealed. */
export interface Draft {
  /** Topic up to the time: `/sample/v2/1234567/`. */
  readonly prefix: string
  /** When the message came to be, on the monotonic clock in milliseconds. */
  readonly at: number
  readonly text: string
}

/** A message that is to be delivered, and how far its delivery has come. */
export interface QueuedMessage {
  /** Packet id. It stays the same until the message is delivered. */
  readonly id: number
  readonly topic: string
  readonly text: string
  /** PUBLISH may have gone out before. */
  readonly published: boolean
  /** The broker has acknowledged PUBLISH: only PUBREL may follow. */
  readonly received: boolean
}

/**
 * Messages that wait for the broker. `Delivery` takes one at a time and tells the queue how far that one has come; it
 * asks for another one only after `delivered` or `forget`.
 */
export interface Queue {
  /**
   * The message under way, else the next one, which is under way from then on. The result is undefined while there is
   * none and as long as the time is not known.
   * @param waiting whether messages that have waited since before this connection may come too
   */
  next(waiting: boolean): QueuedMessage | undefined
  /** PUBLISH goes out for the first time. Called before that, and again when the socket had no room for it. */
  sent(): void
  /** PUBREC has come. Called before PUBREL goes out. */
  received(): void
  /** PUBCOMP has come. */
  delivered(): void
  /** The broker has forgotten the message under way. */
  forget(): void
}
