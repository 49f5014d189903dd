/** Facts about the machine, and its restart. */
export interface SystemPort {
  /** Names of SDK and network stack for the version text, without hyphens and blanks. */
  readonly sdk: string
  readonly network: string
  /** Free heap in bytes; 0 where nobody knows. */
  freeHeap(): number
  /** Why the machine started, in the numbers of the ESP8266 SDK: 0 power-on, 1 hardware watchdog, 2 exception, 3 software watchdog, 4 restart, 5 deep sleep, 6 reset pin. */
  readonly resetReason: number
  /** What the engine said when it gave up before this start (`memory full`); undefined when it did not. */
  readonly abortCause: string | undefined
  /** The last three bytes of the MAC address. */
  readonly chipId: number
  /** JEDEC id of the flash: manufacturer in the low byte, capacity in the third. */
  readonly flashId: number
  /** Bytes of flash. */
  readonly flashSize: number
  /** Supply voltage in mV; undefined on a board that does not measure it. */
  supplyVoltage(): number | undefined
  /** Unix milliseconds by the machine's own clock, which runs on while it restarts; undefined when it stood still or was never set. */
  keptTime(): number | undefined
  /** Sets that clock. */
  keepTime(unix: number): void
  /** Says a line on the serial console, in every build: what only somebody beside the board is to read. */
  print(text: string): void
  /** At once, as after power-on. */
  restart(): void
}
