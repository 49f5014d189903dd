import Analog from 'embedded:io/analog'
import Digital from 'embedded:io/digital'
import FFI from 'mc/ffi'
import type { OutputPort } from '../ports/output.js'
import type { LineSettings } from '../ports/serial.js'
import type { Faults } from './faults.js'

/* ESP-IDF: hal/uart_types.h, hal/uart_ll.h */
const STOP_BITS_1 = 1
const STOP_BITS_2 = 3
const RX_FULL = 1 << 0
const RX_TIMEOUT = 1 << 8

/** ESP-IDF: uart_intr_config_t. */
const INTERRUPTS = Object.freeze({ length: 8, mask: 0, timeout: 4, threshold: 6 } as const)

/** Bytes after which the UART reports. Its buffer of 128 then holds what arrives during an erase of flash. */
const RX_THRESHOLD = 8
/** Symbols without a byte after which the UART reports, too. */
const RX_PAUSE = 1

/* ESP-IDF: esp_system.h, esp_reset_reason_t, to the numbers of the ESP8266 that the server's people know. */
const RESET_REASONS: readonly number[] = Object.freeze([
  0, // unknown
  0, // power-on
  6, // external pin
  4, // software
  2, // panic
  3, // interrupt watchdog
  3, // task watchdog
  1, // other watchdogs
  5, // deep sleep
  0, // brown-out
])

/** The flash chip that the firmware runs from: a null pointer. */
const DEFAULT_CHIP = 0

/** Full scale of the converter with its 12 dB attenuation, in mV. */
const FULL_SCALE = 2450

const MAC_LENGTH = 6

/** The chip and its pins. Made at power-on: there is no native code while modules are preloaded. */
export class Machine {
  readonly idf = new FFI()
  #faults: Faults

  constructor(faults: Faults) {
    this.#faults = faults
  }

  /** 32 bits from the hardware's random number generator, which is a true one while the radio is on. */
  random32(): number {
    return this.idf.esp_random()
  }

  freeHeap(): number {
    return this.idf.esp_get_free_heap_size()
  }

  resetReason(): number {
    return RESET_REASONS[this.idf.esp_reset_reason()] ?? 0
  }

  /**
   * Sets what the SDK's serial class does not: the stop bits and the speed of an open port, and when the UART reports.
   * ESP-IDF's own setter of that threshold wants its driver, which the SDK does not install (uart.c:2207).
   */
  setLine(port: number, { baud, stopBits }: LineSettings): void {
    const interrupts = new DataView(new ArrayBuffer(INTERRUPTS.length))
    interrupts.setUint32(INTERRUPTS.mask, RX_FULL | RX_TIMEOUT, true)
    interrupts.setUint8(INTERRUPTS.timeout, RX_PAUSE)
    interrupts.setUint8(INTERRUPTS.threshold, RX_THRESHOLD)
    const { idf } = this
    this.#faults.isOk('uart_set_baudrate', idf.uart_set_baudrate(port, baud))
    this.#faults.isOk('uart_set_stop_bits', idf.uart_set_stop_bits(port, stopBits === 2 ? STOP_BITS_2 : STOP_BITS_1))
    this.#faults.isOk('uart_intr_config', idf.uart_intr_config(port, interrupts.buffer))
  }

  /** A pin that is driven; with `activeLow` 1 draws it low. */
  openOutput(pin: number, activeLow = false): OutputPort {
    const output = new Digital({ pin, mode: Digital.Output })
    return activeLow ? { write: (level) => output.write(level === 0 ? 1 : 0) } : output
  }

  /** Measures the supply in mV, which a divider brings to the pin `ratio` times smaller; undefined when it cannot. */
  openSupply(pin: number, ratio: number): () => number | undefined {
    try {
      const analog = new Analog({ pin })
      const range = 2 ** analog.resolution - 1
      return () => {
        // The SDK's typings leave out that a reading may fail (_analog.c:403).
        const value: number | undefined = analog.read()
        return value === undefined ? undefined : Math.round((value * FULL_SCALE * ratio) / range)
      }
    } catch (error) {
      this.#faults.report('supply voltage', error)
      return () => undefined
    }
  }

  /** The last three bytes of the station's MAC address, as they were burnt in: the network has none before it is up. */
  chipId(): number {
    const mac = new DataView(new ArrayBuffer(MAC_LENGTH))
    this.#faults.isOk('esp_efuse_mac_get_default', this.idf.esp_efuse_mac_get_default(mac.buffer))
    return mac.getUint32(MAC_LENGTH - 4) & 0xffffff
  }

  /** JEDEC id; ESP-IDF has the manufacturer in the high byte, the ESP8266 in the low one. 0 where it cannot be read. */
  flashId(): number {
    const id = this.#outParameter('esp_flash_read_id', (out) => this.idf.esp_flash_read_id(DEFAULT_CHIP, out))
    return ((id >> 16) & 0xff) | (id & 0xff00) | ((id & 0xff) << 16)
  }

  /** Bytes; 0 where it cannot be read. */
  flashSize(): number {
    return this.#outParameter('esp_flash_get_size', (out) => this.idf.esp_flash_get_size(DEFAULT_CHIP, out))
  }

  restart(): void {
    this.idf.esp_restart()
  }

  #outParameter(what: string, call: (out: ArrayBuffer) => number): number {
    const value = new Uint32Array(1)
    this.#faults.isOk(what, call(value.buffer))
    return value[0]!
  }
}
