import FFI from 'mc/ffi'
import type { OutputPort } from '../ports/output.js'
import type { LineSettings } from '../ports/serial.js'
import type { AccessPointOptions } from '../ports/wifi.js'

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

/** The simulator has no pins: what is driven is traced. */
export function openOutput(pin: number, _activeLow = false): OutputPort {
  return { write: (level) => trace(`pin ${pin}: ${level}\n`) }
}

export function openSupply(_pin: number, _ratio: number): () => number {
  return () => 0
}

export function chipId(): number {
  return 0
}

export function flashId(): number {
  return 0
}

export function flashSize(): number {
  return 0
}

/** Ends the simulator as one that failed, so that whoever started it can tell and start it again. */
export function restart(): void {
  natives ??= new FFI()
  natives.exit(1)
}

export function rssi(): undefined {}

export function uplink(): undefined {}

export function renewAddress(): void {}

export function setRadio(on: boolean): void {
  trace(`radio ${on ? 'on' : 'off'}\n`)
}

export function startAccessPoint({ ssid }: AccessPointOptions): boolean {
  trace(`access point ${ssid}\n`)
  return false
}

export function stopAccessPoint(): void {
  trace('no access point\n')
}
