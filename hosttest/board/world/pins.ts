import type { Timer } from '../../../modules/ports/clock.js'
import type { Hardware, Part } from './hardware.js'

/** Modes of the SDK's digital modules, which are the same in `pins/digital` and `embedded:io/digital`. */
const MODE = { input: 0, pullUp: 1, pullDown: 2, pullUpDown: 3, output: 8, openDrain: 9 } as const

/** ESP32: there are 40 pins, some of them only on paper; from 34 on they have neither driver nor pull resistor. */
const PINS = 40
const MISSING: readonly number[] = [24, 28, 29, 30, 31]
const FIRST_INPUT_ONLY = 34

/** Half a period of the mains, which a pin that nothing holds picks up. */
const HUM = 10

/** The capture counter runs at 80 MHz and has 32 bits. */
const CAPTURE_KILOHERTZ = 80_000

/** Memory that was not cleared. */
const GARBAGE = 0xa5a5a5a5

const ADC1: readonly number[] = [36, 37, 38, 39, 32, 33, 34, 35]
const ADC2: readonly number[] = [4, 0, 2, 15, 13, 12, 14, 27, 25, 26]
const ADC_MOST = 4095
const FULL_SCALE = 2450

/** Levels of a pin that are kept. */
const HISTORY = 1_000

class Pin {
  used = false
  direction: 'off' | 'input' | 'output' = 'off'
  openDrain = false
  pull: 0 | 1 | undefined
  out: 0 | 1 = 0
  /** What is at the pin from outside; undefined lets it float. */
  driven: 0 | 1 | undefined
  hum: 0 | 1 = 0
  /** mV at a pin that is measured. */
  millivolts = 0
  /** The levels that the board has driven, of which the last are kept. */
  readonly history: { readonly at: number; readonly level: 0 | 1 }[] = []

  get level(): 0 | 1 {
    if (this.direction === 'output' && !(this.openDrain && this.out === 1)) return this.out
    return this.driven ?? this.pull ?? this.hum
  }

  get floats(): boolean {
    return this.direction === 'input' && this.driven === undefined && this.pull === undefined
  }
}

interface Monitor {
  readonly pin: number
  readonly edge: number
  readonly handle: number
  rises: number
  falls: number
  triggered: boolean
  /** Masked interrupts: the chip remembers that there was one. */
  pending: boolean
}

interface Capture {
  readonly pin: number
  readonly edges: number
  readonly handle: number
  value: number
  /** The last edge that came while interrupts were masked; a register holds one. */
  pending: { readonly level: 0 | 1; readonly at: number } | undefined
}

/**
 * The pins: who uses them, how they are held, and what their edges do. MOD/modules/io/common/builtinCommon.c,
 * MOD/modules/pins/digital, IDF components/esp_driver_gpio, esp_driver_mcpwm, esp_adc.
 *
 * A pin without pull resistor that nothing drives picks up the mains: 100 edges a second.
 */
export class Pins implements Part {
  readonly operations
  /** While the radio runs, the second converter is its own (IDF esp_adc/adc_oneshot.c). */
  radioOn = true
  /** Called when the board drives a pin. */
  onOutput: ((pin: number, level: 0 | 1) => void) | undefined
  #hardware: Hardware
  #pins = Array.from({ length: PINS }, () => new Pin())
  #monitors = new Map<number, Monitor>()
  #capture: Capture | undefined
  /** The C function keeps it in a static variable: one for all, and over a close. */
  #captureBegin = 0
  #hum: Timer | undefined
  #maskedUntil = 0

  constructor(hardware: Hardware) {
    this.#hardware = hardware
    this.operations = {
      'pins.exists': (pin: number) => exists(pin),
      'pins.isFree': (pin: number) => this.isFree(pin),
      'pins.use': (pin: number) => this.use(pin),
      'pins.free': (pin: number) => this.free(pin),
      'pins.canDrive': (pin: number) => exists(pin) && pin < FIRST_INPUT_ONLY,
      'pins.mode': (pin: number, mode: number, level: number) => this.#mode(pin, mode, level),
      'pins.resetPin': (pin: number) => this.#reset(pin),
      'pins.read': (pin: number) => this.#pin(pin).level,
      'pins.write': (pin: number, level: number) => this.#write(pin, level === 0 ? 0 : 1),
      'monitor.open': (pin: number, mode: number, edge: number, handle: number) =>
        this.#monitor(pin, mode, edge, handle),
      'monitor.close': (handle: number) => this.#monitors.delete(handle),
      'monitor.count': (handle: number, edge: number) => this.#count(handle, edge),
      'monitor.told': (handle: number) => this.#told(handle),
      'pulsewidth.open': (pin: number, edges: number, handle: number) => this.#openCapture(pin, edges, handle),
      'pulsewidth.close': (pin: number) => this.#closeCapture(pin),
      'pulsewidth.read': () => this.#readCapture(),
      'analog.converter': (pin: number) => (ADC1.includes(pin) ? 1 : ADC2.includes(pin) ? 2 : 0),
      'analog.read': (pin: number) => this.#measure(pin),
    }
  }

  reset(): void {
    for (const pin of this.#pins) {
      pin.used = false
      pin.direction = 'off'
      pin.pull = undefined
      pin.out = 0
    }
    this.#monitors.clear()
    this.#capture = undefined
    this.#captureBegin = 0
    this.#maskedUntil = 0
    this.#hardware.clock.clear(this.#hum)
    this.#hum = undefined
  }

  isFree(pin: number): boolean {
    return exists(pin) && !this.#pin(pin).used
  }

  use(pin: number): void {
    this.#pin(pin).used = true
  }

  free(pin: number): void {
    this.#pin(pin).used = false
  }

  /** From outside: a contact that is closed holds a level, one that is open lets go. */
  drive(pin: number, level: 0 | 1 | undefined): void {
    this.#change(pin, () => {
      this.#pin(pin).driven = level
    })
  }

  /** From outside: mV at the pin. */
  setVoltage(pin: number, millivolts: number): void {
    this.#pin(pin).millivolts = millivolts
  }

  /** What is at the pin now. */
  level(pin: number): 0 | 1 {
    return this.#pin(pin).level
  }

  isOutput(pin: number): boolean {
    return this.#pin(pin).direction === 'output'
  }

  /** The last levels that the board has driven, and when. */
  history(pin: number): readonly { readonly at: number; readonly level: 0 | 1 }[] {
    return this.#pin(pin).history
  }

  /** The flash is busy: interrupts whose code is there wait. */
  mask(ms: number): void {
    const { clock } = this.#hardware
    this.#maskedUntil = Math.max(this.#maskedUntil, clock.now()) + ms
    clock.set(() => this.#unmask(), this.#maskedUntil - clock.now())
  }

  #pin(pin: number): Pin {
    const found = this.#pins[pin]
    if (found === undefined) throw new Error(`no pin ${pin}`)
    return found
  }

  #mode(number: number, mode: number, level: number): void {
    this.#change(number, () => {
      const pin = this.#pin(number)
      pin.openDrain = mode === MODE.openDrain
      if (mode === MODE.output || mode === MODE.openDrain) {
        this.#write(number, level === 0 ? 0 : 1)
        pin.direction = 'output'
        return
      }
      pin.direction = 'input'
      const pull = mode === MODE.pullUp || mode === MODE.pullUpDown ? 1 : mode === MODE.pullDown ? 0 : undefined
      pin.pull = number < FIRST_INPUT_ONLY ? pull : undefined
    })
    this.#humWhereItFloats()
  }

  #reset(number: number): void {
    const pin = this.#pin(number)
    pin.direction = 'off'
    pin.pull = number < FIRST_INPUT_ONLY ? 1 : undefined
  }

  #write(number: number, level: 0 | 1): void {
    const pin = this.#pin(number)
    pin.out = level
    pin.history.push({ at: this.#hardware.clock.now(), level })
    if (pin.history.length > HISTORY) pin.history.shift()
    this.onOutput?.(number, level)
  }

  #change(number: number, change: () => void): void {
    const pin = this.#pin(number)
    const before = pin.level
    change()
    if (pin.level === before || pin.direction !== 'input') return
    this.#captured(number, pin.level)
    for (const monitor of this.#monitors.values()) if (monitor.pin === number) this.#edge(monitor, pin.level)
  }

  #masked(): boolean {
    return this.#hardware.clock.now() < this.#maskedUntil
  }

  #unmask(): void {
    if (this.#masked()) return
    const capture = this.#capture
    if (capture?.pending !== undefined) {
      const { level, at } = capture.pending
      capture.pending = undefined
      this.#count32(capture, level, at)
    }
    for (const monitor of this.#monitors.values()) {
      if (!monitor.pending) continue
      monitor.pending = false
      this.#interrupt(monitor)
    }
  }

  /* MOD/modules/pins/digital/monitor/esp32/modMonitor.c */

  #monitor(pin: number, mode: number, edge: number, handle: number): void {
    this.#mode(pin, mode >= MODE.pullUp && mode <= MODE.pullUpDown ? mode : MODE.input, 0)
    this.#monitors.set(handle, { pin, edge, handle, rises: 0, falls: 0, triggered: false, pending: false })
    this.#humWhereItFloats()
  }

  #edge(monitor: Monitor, level: 0 | 1): void {
    if ((monitor.edge === 1 && level === 0) || (monitor.edge === 2 && level === 1)) return
    if (this.#masked()) monitor.pending = true
    else this.#interrupt(monitor)
  }

  /** Which edge it was is read from the pin, when the interrupt is served. */
  #interrupt(monitor: Monitor): void {
    if (this.#pin(monitor.pin).level === 1) monitor.rises++
    else monitor.falls++
    if (monitor.triggered) return
    monitor.triggered = true
    this.#hardware.post('monitor', monitor.handle)
  }

  #count(handle: number, edge: number): number | undefined {
    const monitor = this.#monitors.get(handle)!
    return (monitor.edge & edge) === 0 ? undefined : edge === 1 ? monitor.rises : monitor.falls
  }

  #told(handle: number): void {
    const monitor = this.#monitors.get(handle)
    if (monitor !== undefined) monitor.triggered = false
  }

  #humWhereItFloats(): void {
    if (this.#hum !== undefined || !this.#isHeard()) return
    const hum = () => {
      this.#hum = this.#isHeard() ? this.#hardware.clock.set(hum, HUM) : undefined
      for (const [number, pin] of this.#pins.entries())
        if (pin.floats)
          this.#change(number, () => {
            pin.hum = pin.hum === 0 ? 1 : 0
          })
    }
    this.#hum = this.#hardware.clock.set(hum, HUM)
  }

  /** Whether somebody listens to a pin that can float: one without a pull resistor. */
  #isHeard(): boolean {
    const pins = [...this.#monitors.values(), ...(this.#capture === undefined ? [] : [this.#capture])]
    return pins.some(({ pin }) => this.#pin(pin).pull === undefined)
  }

  /* MOD/modules/io/pulsewidth/esp32/_pulsewidth.c */

  #openCapture(pin: number, edges: number, handle: number): string | undefined {
    // A group of the motor control unit has one timer for captures.
    if (this.#capture !== undefined) return 'no capture timer'
    this.use(pin)
    if (this.#pin(pin).direction === 'off') this.#pin(pin).direction = 'input'
    this.#capture = { pin, edges, handle, value: GARBAGE, pending: undefined }
    this.#humWhereItFloats()
    return undefined
  }

  #closeCapture(pin: number): void {
    this.#capture = undefined
    this.#pin(pin).pull = undefined
    this.free(pin)
  }

  #readCapture(): number | undefined {
    const capture = this.#capture
    if (capture === undefined || capture.value === 0) return undefined
    const microseconds = Math.fround((capture.value * 1000) / CAPTURE_KILOHERTZ)
    capture.value = 0
    return microseconds
  }

  #captured(pin: number, level: 0 | 1): void {
    const capture = this.#capture
    if (capture?.pin !== pin) return
    const at = this.#hardware.clock.now()
    if (this.#masked()) capture.pending = { level, at }
    else this.#count32(capture, level, at)
  }

  #count32(capture: Capture, level: 0 | 1, at: number): void {
    const now = Math.round(at * CAPTURE_KILOHERTZ) % 2 ** 32
    const begin = this.#captureBegin
    const starts = START_LEVEL[capture.edges]
    const ends = END_LEVEL[capture.edges]
    if (level === ends && begin !== 0) {
      capture.value = (now - begin) >>> 0
      if (starts !== ends) this.#captureBegin = 0
    }
    if (level === starts) this.#captureBegin = now
    if (begin !== 0 && capture.handle !== 0) this.#hardware.post('pulsewidth', capture.handle)
  }

  /** Raw, calibrated and brought back to the range of the converter (MOD/modules/io/analog/esp32/_analog.c:396). */
  #measure(pin: number): number | undefined {
    if (this.radioOn && ADC2.includes(pin)) return undefined
    return Math.min(ADC_MOST, Math.trunc((this.#pin(pin).millivolts * ADC_MOST) / FULL_SCALE))
  }
}

/* RisingToFalling, FallingToRising, RisingToRising, FallingToFalling */
const START_LEVEL: Readonly<Record<number, 0 | 1>> = { 1: 1, 2: 0, 3: 1, 4: 0 }
const END_LEVEL: Readonly<Record<number, 0 | 1>> = { 1: 0, 2: 1, 3: 1, 4: 0 }

function exists(pin: number): boolean {
  return pin >= 0 && pin < PINS && !MISSING.includes(pin)
}
