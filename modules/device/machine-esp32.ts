import FFI from 'mc/ffi'
import type { LineSettings } from '../ports/serial.js'

/* ESP-IDF: hal/uart_types.h */
const DATA_BITS_7 = 2
const DATA_BITS_8 = 3
const PARITY_NONE = 0
const PARITY_EVEN = 2
const STOP_BITS_1 = 1
const STOP_BITS_2 = 3

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

let natives: FFI | undefined

/** The functions are bound at first use: there is no native code while modules are preloaded. */
function idf(): FFI {
  natives ??= new FFI()
  return natives
}

/** 32 bits from the hardware's random number generator, which is a true one while the radio is on. */
export function random32(): number {
  return idf().esp_random()
}

export function freeHeap(): number {
  return idf().esp_get_free_heap_size()
}

export function resetReason(): number {
  return RESET_REASONS[idf().esp_reset_reason()] ?? 0
}

/** Sets what the SDK's serial class does not: parity, stop bits and speed of an open port, and an early end of a burst. */
export function setLine(port: number, settings: LineSettings): void {
  const uart = idf()
  uart.uart_set_baudrate(port, settings.baud)
  uart.uart_set_word_length(port, settings.dataBits === 7 ? DATA_BITS_7 : DATA_BITS_8)
  uart.uart_set_parity(port, settings.parity === 'even' ? PARITY_EVEN : PARITY_NONE)
  uart.uart_set_stop_bits(port, settings.stopBits === 2 ? STOP_BITS_2 : STOP_BITS_1)
  uart.uart_set_rx_timeout(port, 1)
}
