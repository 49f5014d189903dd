/** The events of a connection that the device has opened. */
export interface TcpEvents {
  /** The peer is there, and there is room to write. */
  onWritable(): void
  /** Bytes that arrived, in order; they are only valid during the call. */
  onData(bytes: Uint8Array): void
  /** The connection is gone or never came to be; called at most once, and not after `close`. Nothing is called after. */
  onClosed(reason: string): void
}

export interface TcpConnection {
  /** Copies what there is room for and returns how many bytes that was, 0 when the socket is full. Never throws. */
  write(bytes: Uint8Array): number
  close(): void
}

/** Resolves the name through the network's own DNS and connects. Never throws, and tells nothing before it has returned. */
export type TcpConnect = (host: string, port: number, events: TcpEvents) => TcpConnection
