/// <reference path="../../typings/impulse.d.ts" />
import PulseWidth from 'embedded:io/pulsewidth'
import Monitor from 'pins/digital/monitor'
import type { ImpulsePort } from '../ports/impulse.js'

/** Edges are counted in the interrupt, the width of an impulse is captured by the chip's motor-control unit. */
class DeviceImpulses implements ImpulsePort {
  onImpulse: (() => void) | undefined
  #monitor: Monitor
  #pulse: PulseWidth
  #width = 0

  constructor(pin: number) {
    this.#monitor = new Monitor({ pin, mode: Monitor.InputPullUp, edge: Monitor.Rising })
    this.#pulse = new PulseWidth({ pin, mode: PulseWidth.InputPullUp, edges: PulseWidth.FallingToRising })
    this.#monitor.onChanged = () => {
      this.#width = (this.#pulse.read() ?? 0) / 1000
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
    this.#pulse.close()
  }
}

/** Opened only in builds for impulse meters. */
export function openImpulses(pin: number): ImpulsePort {
  return new DeviceImpulses(pin)
}
