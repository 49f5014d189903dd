import FFI from 'mc/ffi'
import type { LineSettings } from '../ports/serial.js'

let natives: FFI | undefined

/** The simulator on Linux: the kernel's random numbers, and no heap or reset worth telling of. */
export function random32(): number {
  natives ??= new FFI()
  return natives.arc4random()
}

export function freeHeap(): number {
  return 0
}

export function resetReason(): number {
  return 0
}

/** A tty keeps the settings it was opened with. */
export function setLine(_port: number, _settings: LineSettings): void {}
