/** Eight bits without parity; seven with parity are the same frame, with the parity in bit 7 (`meters/parity`). */
export interface LineSettings {
  readonly baud: number
  readonly stopBits: 1 | 2
}

/** A UART in the manner of ECMA-419 Serial, with line settings that can change while it is open. */
export interface SerialPort {
  /** Called when there is something to read. */
  onReadable: (() => void) | undefined
  /** Opens the line, or only sets one that is open. Throws when the line cannot be opened. */
  configure(settings: LineSettings): void
  /** All that has arrived; undefined when nothing has. */
  read(): Uint8Array | undefined
  /** Takes at most 128 bytes at once, the size of the ESP32's transmit FIFO; throws where there is no room for all of them. */
  write(bytes: Uint8Array): void
  close(): void
}
