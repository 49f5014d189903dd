/** An open UDP port. */
export interface UdpSocket {
  /** One datagram; lost in silence where it cannot be sent. */
  send(bytes: Uint8Array, address: string, port: number): void
  close(): void
}

/** UDP in the manner of ECMA-419 UDP. */
export interface UdpPort {
  /** Hands over every datagram that arrives on the port; the bytes are only valid during the call. Throws when the port cannot be opened. */
  open(port: number, onMessage: (bytes: Uint8Array, address: string, port: number) => void): UdpSocket
}
