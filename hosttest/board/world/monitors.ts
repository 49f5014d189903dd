import type { Hardware } from './hardware.js'
import type { Level } from './pin.js'
import type { Pins } from './pins.js'

interface Monitor {
  readonly pin: number
  readonly edge: number
  readonly handle: number
  rises: number
  falls: number
  triggered: boolean
  /** Its interrupt is masked: the chip remembers that there was one. */
  pending: boolean
}

const RISING = 1
const FALLING = 2

/** The interrupts of pins that are watched (MOD/modules/pins/digital/monitor/esp32/modMonitor.c). */
export class Monitors {
  readonly operations
  #monitors = new Map<number, Monitor>()
  #hardware: Hardware
  #pins: Pins

  constructor(hardware: Hardware, pins: Pins) {
    this.#hardware = hardware
    this.#pins = pins
    this.operations = {
      'monitor.open': (pin: number, mode: number, edge: number, handle: number) => this.#open(pin, mode, edge, handle),
      'monitor.close': (handle: number) => this.#monitors.delete(handle),
      'monitor.count': (handle: number, edge: number) => this.#count(handle, edge),
      'monitor.told': (handle: number) => this.#told(handle),
    }
  }

  get pins(): readonly number[] {
    return [...this.#monitors.values()].map(({ pin }) => pin)
  }

  reset(): void {
    this.#monitors.clear()
  }

  edge(pin: number, level: Level): void {
    for (const monitor of this.#monitors.values()) {
      if (monitor.pin !== pin || monitor.edge === (level === 1 ? FALLING : RISING)) continue
      if (this.#pins.isMasked) monitor.pending = true
      else this.#interrupt(monitor)
    }
  }

  unmask(): void {
    for (const monitor of this.#monitors.values()) {
      if (!monitor.pending) continue
      monitor.pending = false
      this.#interrupt(monitor)
    }
  }

  #open(pin: number, mode: number, edge: number, handle: number): void {
    this.#pins.makeInput(pin, mode)
    this.#monitors.set(handle, { pin, edge, handle, rises: 0, falls: 0, triggered: false, pending: false })
    this.#pins.humWhereItFloats()
  }

  /** Which edge it was is read from the pin, when the interrupt is served. */
  #interrupt(monitor: Monitor): void {
    if (this.#pins.level(monitor.pin) === 1) monitor.rises++
    else monitor.falls++
    if (monitor.triggered) return
    monitor.triggered = true
    this.#hardware.post('monitor', monitor.handle)
  }

  #count(handle: number, edge: number): number | undefined {
    const monitor = this.#monitors.get(handle)!
    return (monitor.edge & edge) === 0 ? undefined : edge === RISING ? monitor.rises : monitor.falls
  }

  #told(handle: number): void {
    const monitor = this.#monitors.get(handle)
    if (monitor !== undefined) monitor.triggered = false
  }
}
