/** The name of a set-up network begins so, in front of the serial number: for a meter, and for impulses. */
export const NAME_PREFIX = Object.freeze({ meter: 'KAM_', impulse: 'EL_' } as const)

export interface IdentityOptions {
  /** One of `NAME_PREFIX`. */
  readonly prefix: string
  /** Digits that are missing at the front become zeros, as the server expects. */
  readonly isPadded: boolean
  /** The serial number before the meter has told its own: the last it told, or what set-up or build says. */
  known(): string
  onChanged(): void
}

const SERIAL_DIGITS = 7

/** The serial number of a meter as it stands in every topic and name: at least 7 digits. */
export function paddedSerial(serial: string): string {
  return serial.padStart(SERIAL_DIGITS, '0')
}

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
    return `${this.#options.prefix}${this.#serial}`
  }

  /** Takes the serial number that the meter has told. */
  use(serial: string): void {
    const { isPadded, onChanged } = this.#options
    const name = isPadded ? paddedSerial(serial) : serial
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
