import type { MeterDriver } from '../meters/driver.js'
import type { Flags } from './flags.js'

export interface IdentityHost {
  /** The serial number before the meter has told its own: the last it told, or what set-up or build says. */
  knownSerial(): string
  onRenamed(): void
}

/** The flags that a device's name depends on. */
type NamingFlags = Pick<Flags, 'driver' | 'flowMeter'>

const SERIAL_DIGITS = 7

/** The serial number of a meter as it stands in every topic and name: at least 7 digits. */
export function paddedSerial(serial: string): string {
  return serial.padStart(SERIAL_DIGITS, '0')
}

/** The device's name on the wire: the serial number of its meter. It names the MQTT client, every topic and the access point. */
export class Identity {
  #flags: NamingFlags
  #host: IdentityHost
  #serial = ''

  constructor(flags: NamingFlags, host: IdentityHost) {
    this.#flags = flags
    this.#host = host
  }

  /** At least 7 digits, or the text that somebody chose for an impulse meter; empty until it is known. */
  get serial(): string {
    return this.#serial
  }

  /** Name of the set-up network. */
  get networkName(): string {
    return networkName(this.#flags, this.#serial)
  }

  /** Takes the serial number that the meter has told. */
  use(serial: string): void {
    const name = padded(this.#flags.driver, serial)
    if (name === this.#serial) return
    this.#serial = name
    this.#host.onRenamed()
  }

  /** Takes the serial number that is known without the meter, unless the meter has told one since power-on. */
  useKnown(): void {
    this.use(this.#serial || this.#host.knownSerial())
  }

  /** Asks once more what set-up says. */
  renew(): void {
    this.use(this.#host.knownSerial())
  }
}

/** Name of the set-up network of a device with this meter. */
export function networkName({ driver, flowMeter }: NamingFlags, serial: string): string {
  return (flowMeter ? driver.prefix.flow : driver.prefix.heat) + padded(driver, serial)
}

/** The server expects zeros for the digits that a meter's number lacks at its front. */
function padded({ padsSerial }: MeterDriver, serial: string): string {
  return padsSerial ? paddedSerial(serial) : serial
}
