import type { MeterDriver } from '../meters/driver.js'

export interface IdentityOptions {
  readonly driver: MeterDriver
  /** The serial number before the meter has told its own: the last it told, or what set-up or build says. */
  known(): string
  onChanged(): void
}

const SERIAL_DIGITS = 7

/** The device's name on the wire: the serial number of its meter. It names the MQTT client, every topic and the access point. */
export class Identity {
  #options: IdentityOptions
  #serial = ''

  constructor(options: IdentityOptions) {
    this.#options = options
  }

  /** At least 7 digits, or the text that somebody chose for an impulse meter; empty until it is known. */
  get serial(): string {
    return this.#serial
  }

  /** Name of the set-up network. */
  get networkName(): string {
    return networkName(this.#options.driver, this.#serial)
  }

  /** Takes the serial number that the meter has told. */
  use(serial: string): void {
    const { driver, onChanged } = this.#options
    const name = padded(driver, serial)
    if (name === this.#serial) return
    this.#serial = name
    onChanged()
  }

  /** Takes the serial number that is known without the meter, unless the meter has told one since power-on. */
  useKnown(): void {
    this.use(this.#serial || this.#options.known())
  }

  /** Asks once more what set-up says. */
  renew(): void {
    this.use(this.#options.known())
  }
}

/** Name of the set-up network of a device with this meter. */
export function networkName(driver: MeterDriver, serial: string): string {
  return driver.prefix + padded(driver, serial)
}

/** The server expects zeros for the digits that a meter's number lacks at its front. */
function padded({ padsSerial }: MeterDriver, serial: string): string {
  return padsSerial ? serial.padStart(SERIAL_DIGITS, '0') : serial
}
