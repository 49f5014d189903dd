/** The events of a connection. */
export interface ConnectionEvents {
  /** Bytes that arrived, in order; they are only valid during the call. */
  onData(bytes: Uint8Array): void
  /** There is room again after `write` took less than it was given. */
  onWritable(): void
  /** The peer closed or the network failed; called at most once, and not after `close`. Do not call it after that. */
  onClosed(): void
}

/** One TCP connection of a peer. */
export interface Connection {
  /** The peer's address, such as `192.168.4.2`. */
  readonly address: string
  /** Copies what there is room for and returns how many bytes that was, 0 when the socket is full. Never throws. */
  write(bytes: Uint8Array): number
  /** Sends what was taken, then closes. */
  close(): void
}

/** TCP in the listening role, in the manner of ECMA-419 Listener. */
export interface ListenPort {
  /**
   * Calls back for every connection a peer opens; the result receives its events. Throws when the port cannot be
   * listened on. `close` ends the listening, not the connections.
   */
  listen(port: number, onConnection: (connection: Connection) => ConnectionEvents): { close(): void }
}
