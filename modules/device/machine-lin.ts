import FFI from 'mc/ffi'
import type { OutputPort } from '../ports/output.js'
import type { LineSettings } from '../ports/serial.js'
import type { Faults } from './faults.js'

/** The simulator on Linux: it has the kernel's random numbers, no pins, and no figures of heap or reset. */
export class Machine {
  readonly idf = new FFI()

  // biome-ignore lint/complexity/noUselessConstructor: as that of the ESP32
  constructor(_faults: Faults) {}

  random32(): number {
    return this.idf.arc4random()
  }

  freeHeap(): number {
    return 0
  }

  resetReason(): number {
    return 0
  }

  /** A tty keeps the settings it was opened with. */
  setLine(_port: number, _settings: LineSettings): void {}

  /** Traces the levels; there is no pin. */
  openOutput(pin: number, _activeLow = false): OutputPort {
    return { write: (level) => trace(`pin ${pin}: ${level}\n`) }
  }

  openSupply(_pin: number, _ratio: number): () => number | undefined {
    return () => undefined
  }

  chipId(): number {
    return 0
  }

  flashId(): number {
    return 0
  }

  flashSize(): number {
    return 0
  }

  /** Ends the simulator as one that failed, so that whoever started it can tell and start it again. */
  restart(): void {
    this.idf.exit(1)
  }
}
