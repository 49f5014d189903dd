import type { Hardware } from './hardware.js'

interface Scanner {
  readonly readable: number
  readonly packets: Uint8Array[]
  active: boolean
  told: boolean
}

/** The SDK's scanners: advertisements pile up in each until they are read. */
export class Scanners {
  /** The most advertisements that waited. */
  deepestQueue = 0
  #scanners = new Map<number, Scanner>()
  #last = 0
  #hardware: Hardware

  constructor(hardware: Hardware) {
    this.#hardware = hardware
  }

  get active(): boolean {
    return [...this.#scanners.values()].some(({ active }) => active)
  }

  open(readable: number): number {
    this.#scanners.set(++this.#last, { readable, packets: [], active: false, told: false })
    return this.#last
  }

  /** Whether it is still there. */
  start(id: number): boolean {
    const scanner = this.#scanners.get(id)
    if (scanner === undefined) return false
    scanner.active = true
    return true
  }

  /** Whether it had been scanning. */
  close(id: number): boolean {
    const wasActive = this.#scanners.get(id)?.active ?? false
    this.#scanners.delete(id)
    return wasActive
  }

  stop(): void {
    for (const scanner of this.#scanners.values()) scanner.active = false
  }

  clear(): void {
    this.#scanners.clear()
  }

  hear(packet: Uint8Array): void {
    for (const scanner of this.#scanners.values()) {
      if (!scanner.active) continue
      scanner.packets.push(packet)
      this.deepestQueue = Math.max(this.deepestQueue, scanner.packets.length)
      if (scanner.told || scanner.readable === 0) continue
      scanner.told = true
      this.#hardware.post('ble', scanner.readable)
    }
  }

  /** The message is delivered: how many there are now. */
  told(id: number): number {
    const scanner = this.#scanners.get(id)
    if (scanner === undefined) return 0
    scanner.told = false
    return scanner.packets.length
  }

  take(id: number): Uint8Array | undefined {
    return this.#scanners.get(id)?.packets.shift()
  }
}
