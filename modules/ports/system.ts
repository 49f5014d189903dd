/** Facts about the machine. */
export interface SystemPort {
  /** Names of SDK and network stack for the version text, without hyphens and blanks. */
  readonly sdk: string
  readonly network: string
  /** Free heap in bytes. */
  freeHeap(): number
  /** Why the machine started, in the numbers of the ESP8266 SDK: 0 power-on, 1 hardware watchdog, 2 exception, 3 software watchdog, 4 restart, 5 deep sleep, 6 reset pin. */
  readonly resetReason: number
}
