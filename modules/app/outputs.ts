import { Actuator } from '../control/valve/actuator.js'
import { Led } from '../led/led.js'
import { StatusLight } from '../led/status-light.js'
import type { Clock } from '../ports/clock.js'
import type { OutputPort } from '../ports/output.js'
import type { Flags } from './flags.js'
import type { Part } from './part.js'

/** An output that is not there: the valve in builds whose meter has none, or the light where the valve has it. */
const NO_OUTPUT = Object.freeze({ write() {} })

/** The board's outputs. */
export interface OutputPorts {
  readonly clock: Clock
  readonly ac1: OutputPort
  readonly ac2: OutputPort
  readonly led: OutputPort
}

/** The flags that say what the outputs are for. */
type OutputFlags = Pick<Flags, 'driver' | 'ledOnAc' | 'thermoOnAc2' | 'thermoNormallyOpen'>

/** The board's outputs as the build divides them between the valve and the light. */
export class Outputs implements Part {
  readonly light: StatusLight
  readonly actuator: Actuator

  constructor({ clock, ac1, ac2, led: output }: OutputPorts, flags: OutputFlags) {
    const { hasValve } = flags.driver
    const led = new Led(clock, output)
    const showsValve = flags.ledOnAc && hasValve
    this.light = new StatusLight(showsValve ? new Led(clock, NO_OUTPUT) : led)
    this.actuator = new Actuator({
      clock,
      ac1: hasValve ? ac1 : NO_OUTPUT,
      ac2: flags.thermoOnAc2 && hasValve ? ac2 : undefined,
      normallyOpen: flags.thermoNormallyOpen,
      led: showsValve ? led : undefined,
    })
  }

  /** Ends a test of the valve, and switches the light off. The valve stays as it is. */
  close(): void {
    this.actuator.close()
    this.light.off()
  }
}
