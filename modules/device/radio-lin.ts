import type { Machine } from 'device/machine'
import type { AccessPointOptions } from '../ports/wifi.js'
import type { Faults } from './faults.js'

/** The simulator's network is the computer's own: this class traces what the radio would do. */
export class Radio {
  // biome-ignore lint/complexity/noUselessConstructor: as that of the ESP32
  constructor(_machine: Machine, _faults: Faults) {}

  rssi(): undefined {}

  uplink(): undefined {}

  renewAddress(): void {}

  setRadio(on: boolean): void {
    trace(`radio ${on ? 'on' : 'off'}\n`)
  }

  startAccessPoint({ ssid }: AccessPointOptions): boolean {
    trace(`access point ${ssid}\n`)
    return true
  }

  addressAccessPoint(): boolean {
    return true
  }

  stopAccessPoint(): void {
    trace('no access point\n')
  }
}
