import type { FlashPort } from '../modules/ports/flash.js'
import { PowerCut, type SimulatedFlash } from './flash.js'

/** Flash that loses power in the middle of a write and reports it, where `SimulatedFlash` throws through the firmware. */
export class CutFlash implements FlashPort {
  readonly size: number
  readonly sectorSize: number
  /** Called when power goes. */
  onCut: () => void = () => {}
  /** It takes no writes and erases nothing. */
  refuses = false
  #flash: SimulatedFlash

  constructor(flash: SimulatedFlash) {
    this.#flash = flash
    this.size = flash.size
    this.sectorSize = flash.sectorSize
  }

  read(offset: number, into: Uint8Array): boolean {
    return this.#attempt(() => this.#flash.read(offset, into))
  }

  write(offset: number, bytes: Uint8Array): boolean {
    return !this.refuses && this.#attempt(() => this.#flash.write(offset, bytes))
  }

  erase(sector: number): boolean {
    return !this.refuses && this.#attempt(() => this.#flash.erase(sector))
  }

  #attempt(action: () => boolean): boolean {
    try {
      return action()
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error
      this.onCut()
      return false
    }
  }
}
