/// <reference path="../../typings/pulsewidth.d.ts" />
import PulseWidth from 'embedded:io/pulsewidth'
import Digital from 'pins/digital'
import Monitor from 'pins/digital/monitor'
import type { ImpulsePort } from '../ports/impulse.js'
import type { Faults } from './faults.js'

/** The SDK's typings have this as a type alone (monitor.js:36). */
const RISING = 1

/**
 * Edges are counted in the interrupt, the width of an impulse is captured by the chip's motor-control unit. The pull-up is
 * the counter's: what captures has none (_pulsewidth.c:129, mcpwm_cap.c:290), and leaves that of the pin alone.
 */
class DeviceImpulses implements ImpulsePort {
  onImpulse: (() => void) | undefined
  #monitor: Monitor
  #pulse: PulseWidth | undefined
  #width = 0

  constructor(pin: number, faults: Faults) {
    this.#monitor = new Monitor({ pin, mode: Digital.InputPullUp, edge: RISING })
    try {
      this.#pulse = new PulseWidth({ pin, edges: PulseWidth.FallingToRising })
      // Before the first impulse it holds whatever memory held (_pulsewidth.c:139, 209).
      this.#pulse.read()
    } catch (error) {
      // A meter of water is counted even so.
      faults.report('width of impulses', error)
    }
    this.#monitor.onChanged = () => {
      this.#width = (this.#pulse?.read() ?? 0) / 1000
      this.onImpulse?.()
    }
  }

  get count(): number {
    return this.#monitor.rises
  }

  get width(): number {
    return this.#width
  }

  close(): void {
    this.#monitor.close()
    this.#pulse?.close()
  }
}

/** Opened only in builds for impulse meters. */
export function openImpulses(pin: number, faults: Faults): ImpulsePort {
  try {
    return new DeviceImpulses(pin, faults)
  } catch (error) {
    faults.report('impulse input', error)
    return { count: 0, width: 0, onImpulse: undefined, close() {} }
  }
}
