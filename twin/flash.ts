import type { FlashPort } from '../modules/ports/flash.js'

/** Power has gone; nothing works until `powerOn`. */
export class PowerCut extends Error {}

/** How many bytes the cell array programs at once. */
const PAGE = 256

/** Moments of an erase at which power can go. */
const ERASE_STEPS = 8

/**
 * What is left of a write when power goes. `byte`: the bytes before that moment, and some bits of the current one. `page`:
 * some bits of everything in the page, as on a chip that programs a page at once.
 */
export type Tear = 'byte' | 'page'

export interface SimulatedFlashOptions {
  readonly sectors: number
  readonly sectorSize?: number
  /** Its content, up to some sector; what comes after is erased. */
  readonly content?: Uint8Array
  /** Chooses the bits that are hit when power goes. */
  readonly random?: () => number
  readonly tear?: Tear
}

/** Flash that keeps the rules of NOR, counts its wear and loses power at any byte. */
export class SimulatedFlash implements FlashPort {
  readonly size: number
  readonly sectorSize: number
  /** How often each sector was erased. */
  readonly erases: Uint32Array
  reads = 0
  bytesRead = 0
  bytesWritten = 0
  /** Bytes written and moments of erasing so far. */
  steps = 0
  /** Power goes instead of this step. */
  cutAt = Number.POSITIVE_INFINITY
  on = true
  #random: () => number
  #tear: Tear
  /** The first bytes; all after them are erased and take no memory, as most of a slot for a small image. */
  #cells: Uint8Array

  constructor({ sectors, sectorSize = 4096, content, random = Math.random, tear = 'byte' }: SimulatedFlashOptions) {
    this.size = sectors * sectorSize
    this.sectorSize = sectorSize
    this.#cells = content ?? new Uint8Array(0)
    this.erases = new Uint32Array(sectors)
    this.#random = random
    this.#tear = tear
  }

  /** Everything, for tests that look at it or change it. */
  get bytes(): Uint8Array {
    this.#cover(this.size)
    return this.#cells
  }

  /** What was written; beyond its end everything is erased. */
  get covered(): Uint8Array {
    return this.#cells
  }

  powerOn(): void {
    this.on = true
    this.cutAt = Number.POSITIVE_INFINITY
  }

  read(offset: number, into: Uint8Array): boolean {
    this.#check(offset, into.length)
    this.reads++
    this.bytesRead += into.length
    const stored = this.#cells.subarray(offset, offset + into.length)
    into.set(stored)
    into.fill(0xff, stored.length)
    return true
  }

  write(offset: number, bytes: Uint8Array): boolean {
    this.#check(offset, bytes.length)
    this.#cover(offset + bytes.length)
    const cells = this.#cells
    for (let i = 0; i < bytes.length; i++) {
      const old = cells[offset + i]!
      if (bytes[i]! & ~old)
        throw new Error(`flash: writing 0x${bytes[i]!.toString(16)} over 0x${old.toString(16)} at ${offset + i}`)
    }
    const whole = Math.min(bytes.length, this.cutAt - this.steps)
    if (whole < bytes.length) this.#tearWrite(offset, bytes, whole)
    cells.set(bytes, offset)
    this.steps += bytes.length
    this.bytesWritten += bytes.length
    return true
  }

  erase(sector: number): boolean {
    const start = sector * this.sectorSize
    this.#check(start, this.sectorSize)
    this.erases[sector]!++
    const whole = Math.min(ERASE_STEPS, this.cutAt - this.steps)
    const cells = this.#cells
    const end = Math.min(start + this.sectorSize, cells.length)
    if (whole < ERASE_STEPS) {
      const done = (whole + this.#random()) / ERASE_STEPS
      for (let i = start; i < end; i++) cells[i]! |= this.#someBits(done)
      this.#cut(whole)
    }
    if (start < end) cells.fill(0xff, start, end)
    this.steps += ERASE_STEPS
    return true
  }

  #tearWrite(offset: number, bytes: Uint8Array, whole: number): never {
    const sameTime = (i: number) =>
      this.#tear === 'byte' ? i === whole : Math.floor((offset + i) / PAGE) === Math.floor((offset + whole) / PAGE)
    const share = this.#random()
    for (let i = 0; i < bytes.length; i++) {
      const kept = sameTime(i) ? this.#someBits(share) : i < whole ? 0 : 0xff
      this.#cells[offset + i]! &= bytes[i]! | kept
    }
    this.#cut(whole)
  }

  #cover(end: number): void {
    const cells = this.#cells
    if (end <= cells.length) return
    const sectors = Math.ceil(Math.max(end, 2 * cells.length) / this.sectorSize)
    this.#cells = new Uint8Array(Math.min(sectors * this.sectorSize, this.size)).fill(0xff)
    this.#cells.set(cells)
  }

  /** Each bit is set with this probability. */
  #someBits(probability: number): number {
    let bits = 0
    for (let bit = 1; bit < 0x100; bit <<= 1) if (this.#random() < probability) bits |= bit
    return bits
  }

  #cut(whole: number): never {
    this.steps += whole
    this.on = false
    throw new PowerCut('power cut')
  }

  #check(offset: number, length: number): void {
    if (!this.on) throw new PowerCut('no power')
    if (offset < 0 || offset + length > this.size)
      throw new Error(`flash: ${length} bytes at ${offset} of ${this.size}`)
  }
}
