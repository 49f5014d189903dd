import type { Timer } from '../../../modules/ports/clock.js'
import { Capture } from './capture.js'
import type { Hardware, Part } from './hardware.js'
import { Monitors } from './monitors.js'
import { exists, FIRST_INPUT_ONLY, type Level, PINS, Pin } from './pin.js'
import { QUARTER } from './stray.js'

/** Modes of the SDK's digital modules, which are the same in `pins/digital` and `embedded:io/digital`. */
const MODE = { input: 0, pullUp: 1, pullDown: 2, pullUpDown: 3, output: 8, openDrain: 9 } as const

const ADC1: readonly number[] = [36, 37, 38, 39, 32, 33, 34, 35]
const ADC2: readonly number[] = [4, 0, 2, 15, 13, 12, 14, 27, 25, 26]
const ADC_MOST = 4095
const FULL_SCALE = 2450

/**
 * The pins: who uses them, how they are held, and what their edges do. MOD/modules/io/common/builtinCommon.c,
 * MOD/modules/pins/digital, IDF components/esp_driver_gpio, esp_driver_mcpwm, esp_adc.
 *
 * A pin without pull resistor that nothing drives picks up the mains (`Stray`).
 */
export class Pins implements Part {
  readonly operations
  /** While the radio runs, the second converter is its own (IDF esp_adc/adc_oneshot.c). */
  radioOn = true
  /** Called when the board drives a pin. */
  onOutput: ((pin: number, level: Level) => void) | undefined
  #hardware: Hardware
  #pins = Array.from({ length: PINS }, () => new Pin())
  #monitors: Monitors
  #capture: Capture
  #hum: Timer | undefined
  #maskedUntil = 0

  constructor(hardware: Hardware) {
    this.#hardware = hardware
    this.#monitors = new Monitors(hardware, this)
    this.#capture = new Capture(hardware, this)
    this.operations = {
      'pins.exists': (pin: number) => exists(pin),
      'pins.isFree': (pin: number) => exists(pin) && !this.#pin(pin).used,
      'pins.use': (pin: number) => this.use(pin),
      'pins.free': (pin: number) => this.free(pin),
      'pins.canDrive': (pin: number) => exists(pin) && pin < FIRST_INPUT_ONLY,
      'pins.mode': (pin: number, mode: number, level: number) => this.#mode(pin, mode, level),
      'pins.resetPin': (pin: number) => this.#reset(pin),
      'pins.read': (pin: number) => this.level(pin),
      'pins.write': (pin: number, level: number) => this.#write(pin, level === 0 ? 0 : 1),
      'analog.converter': (pin: number) => (ADC1.includes(pin) ? 1 : ADC2.includes(pin) ? 2 : 0),
      'analog.read': (pin: number) => this.#measure(pin),
      ...this.#monitors.operations,
      ...this.#capture.operations,
    }
  }

  reset(): void {
    for (const pin of this.#pins) pin.reset()
    this.#monitors.reset()
    this.#capture.reset()
    this.#maskedUntil = 0
    this.#hardware.clock.clear(this.#hum)
    this.#hum = undefined
  }

  use(pin: number): void {
    this.#pin(pin).used = true
  }

  free(pin: number): void {
    this.#pin(pin).used = false
  }

  /** From outside: a contact that is closed holds a level, one that is open lets go. */
  drive(pin: number, level: Level | undefined): void {
    this.#change(pin, () => {
      this.#pin(pin).driven = level
    })
  }

  /** From outside: mV at the pin. */
  setVoltage(pin: number, millivolts: number): void {
    this.#pin(pin).millivolts = millivolts
  }

  /** What is at the pin now. */
  level(pin: number): Level {
    return this.#pin(pin).level
  }

  isOutput(pin: number): boolean {
    return this.#pin(pin).direction === 'output'
  }

  /** Pins whose edges the board hears, though they have no pull resistor. */
  get heardWithoutPull(): readonly number[] {
    const heard = new Set([...this.#monitors.pins, ...this.#capture.pins])
    return [...heard].filter((pin) => this.#pin(pin).isWithoutPull)
  }

  /** The last levels that the board has driven, and when. */
  history(pin: number): readonly { readonly at: number; readonly level: Level }[] {
    return this.#pin(pin).history
  }

  /** Interrupts whose code is in flash wait. */
  get isMasked(): boolean {
    return this.#hardware.clock.now() < this.#maskedUntil
  }

  /** The flash is busy. */
  mask(ms: number): void {
    const { clock } = this.#hardware
    this.#maskedUntil = Math.max(this.#maskedUntil, clock.now()) + ms
    clock.set(() => this.#unmask(), this.#maskedUntil - clock.now())
  }

  /** Makes an input of a pin whose edges somebody hears; what is no mode of an input leaves it without pull resistor. */
  makeInput(pin: number, mode: number): void {
    this.#mode(pin, mode >= MODE.pullUp && mode <= MODE.pullUpDown ? mode : MODE.input, 0)
  }

  enableInput(pin: number): void {
    if (this.#pin(pin).direction === 'off') this.#pin(pin).direction = 'input'
  }

  float(pin: number): void {
    this.#pin(pin).pull = undefined
  }

  /** From now on, while somebody hears a pin without a pull resistor. */
  humWhereItFloats(): void {
    if (this.#hum !== undefined || this.heardWithoutPull.length === 0) return
    const hum = () => {
      this.#hum = this.heardWithoutPull.length > 0 ? this.#hardware.clock.set(hum, QUARTER) : undefined
      for (const [number, pin] of this.#pins.entries()) if (pin.floats) this.#change(number, () => pin.stray.pass())
    }
    this.#hum = this.#hardware.clock.set(hum, QUARTER)
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
    this.humWhereItFloats()
  }

  /** IDF's gpio_reset_pin pulls up what is not used. */
  #reset(number: number): void {
    const pin = this.#pin(number)
    pin.direction = 'off'
    pin.pull = number < FIRST_INPUT_ONLY ? 1 : undefined
  }

  #write(number: number, level: Level): void {
    this.#pin(number).drive(level, this.#hardware.clock.now())
    this.onOutput?.(number, level)
  }

  #change(number: number, change: () => void): void {
    const pin = this.#pin(number)
    const before = pin.level
    change()
    if (pin.level === before || pin.direction !== 'input') return
    this.#capture.edge(number, pin.level)
    this.#monitors.edge(number, pin.level)
  }

  #unmask(): void {
    if (this.isMasked) return
    this.#capture.unmask()
    this.#monitors.unmask()
  }

  /** Raw, calibrated and brought back to the range of the converter (MOD/modules/io/analog/esp32/_analog.c:396). */
  #measure(pin: number): number | undefined {
    if (this.radioOn && ADC2.includes(pin)) return undefined
    return Math.min(ADC_MOST, Math.trunc((this.#pin(pin).millivolts * ADC_MOST) / FULL_SCALE))
  }
}
