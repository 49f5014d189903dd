import type { Led } from '../../led/led.js'
import type { Clock, Timer } from '../../ports/clock.js'
import type { OutputPort } from '../../ports/output.js'

export interface ActuatorOptions {
  readonly clock: Clock
  readonly ac1: OutputPort
  /** An output that follows AC output 1 (THERMO_ON_AC_2). */
  readonly ac2: OutputPort | undefined
  /** The actuator is open without current (THERMO_NO). */
  readonly normallyOpen: boolean
  /** A light that shows the state (LED_ON_AC). */
  readonly led: Led | undefined
}

const BLINK_OPEN = 200
const BLINK_CLOSED = 1_000
const TEST_PERIOD = 12_000

/** The thermal actuator on the board's AC outputs. It stays as it was last set. */
export class Actuator {
  #options: ActuatorOptions
  #test: Timer | undefined

  constructor(options: ActuatorOptions) {
    this.#options = options
  }

  set(open: boolean): void {
    this.#endTest()
    const level = open === this.#options.normallyOpen ? 0 : 1
    this.#options.ac1.write(level)
    this.#options.ac2?.write(level)
    this.#options.led?.blink(open ? BLINK_OPEN : BLINK_CLOSED)
  }

  /** Switches both outputs off, whatever that means for the valve. */
  off(): void {
    this.#endTest()
    this.#options.ac1.write(0)
    this.#options.ac2?.write(0)
    this.#options.led?.off()
  }

  /** Switches AC output 1 on and off every 12 s until another method is called. */
  test(): void {
    this.#endTest()
    this.#options.ac2?.write(0)
    const drive = (level: 0 | 1) => {
      this.#options.ac1.write(level)
      this.#options.led?.blink(level === 1 ? BLINK_CLOSED : BLINK_OPEN)
      this.#test = this.#options.clock.set(() => drive(level === 1 ? 0 : 1), TEST_PERIOD)
    }
    drive(1)
  }

  /** Ends a test, and leaves the outputs as they are. */
  close(): void {
    this.#endTest()
  }

  #endTest(): void {
    this.#options.clock.clear(this.#test)
    this.#test = undefined
  }
}
