import type { Compact } from '../../decoders/solver/compact.js'
import { crc16En13757 } from '../../modules/codec/crc16-en13757.js'
import { fromHex } from '../../modules/codec/hex.js'
import { scaleOf } from '../../modules/wmbus/quantities.js'
import { AT_ERROR, MAXIMUM, MINIMUM, RecordCursor } from '../../modules/wmbus/record-cursor.js'

/** Numbers below 1 that follow from a seed. */
export function random(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface SimulationOptions {
  readonly seed: number
  readonly telegrams: number
  /** Seconds between telegrams; 64 without it. */
  readonly period?: number
  /** Whether all values are 0. */
  readonly isZero?: boolean
}

/** What flows through a house: it starts somewhere, and what the meter shows follows from it. */
class House {
  readonly #random: () => number
  readonly #isBusy: boolean
  seconds: number
  kwh: number
  m3: number
  m3Hot: number
  m3Cold: number
  hours: number
  flow = 0
  supply: number
  back: number
  ambient: number
  readonly #demand: number
  readonly started: number
  readonly month: Omit<House, never> | undefined
  readonly statusBits: number
  readonly subunits: readonly number[]
  readonly configuration: number

  constructor(seed: number) {
    this.#random = random(seed)
    const draw = this.#random
    this.started = draw() * 300
    this.seconds = 0
    this.kwh = 10 ** (3 + 2.2 * draw())
    this.m3 = 10 ** (1.3 + 1.9 * draw())
    this.hours = 500 + draw() * 40_000
    this.supply = 55 + 35 * draw()
    this.back = 25 + 20 * draw()
    this.ambient = 12 + 14 * draw()
    this.m3Hot = this.m3 * this.supply
    this.m3Cold = this.m3 * this.back
    this.#demand = 80 + 900 * draw()
    this.#isBusy = draw() < 0.95
    this.statusBits = draw() < 0.85 ? 0 : 1 << Math.floor(draw() * 8)
    this.subunits = [draw() < 0.5 ? 0 : draw() * 500, draw() < 0.7 ? 0 : draw() * 300]
    this.configuration = Math.floor(draw() * 65_536)
    this.month = undefined
    this.pass(0)
  }

  draw(): number {
    return this.#random()
  }

  pass(seconds: number): void {
    const draw = this.#random
    this.seconds += seconds
    const target = this.#isBusy ? this.#demand * (0.3 + 1.2 * draw()) : 0
    this.flow = this.flow === 0 ? target : 0.6 * this.flow + 0.4 * target
    this.supply += draw() - 0.5
    this.back += 0.6 * (draw() - 0.5)
    const m3 = (this.flow / 1000) * (seconds / 3600)
    this.m3 += m3
    this.kwh += this.power * (seconds / 3600)
    this.m3Hot += m3 * this.supply
    this.m3Cold += m3 * this.back
    this.hours += seconds / 3600
  }

  /** kW */
  get power(): number {
    return (this.flow / 1000) * 1.163 * Math.max(1, this.supply - this.back)
  }
}

/** The compact telegrams of a simulated meter with this header. The values of records that no scale knows are constant. */
export function simulate(hex: string, { seed, telegrams, period = 64, isZero = false }: SimulationOptions): Compact[] {
  const header = fromHex(hex)!
  const house = new House(seed)
  const fixed = new Map<number, number>()
  return Array.from({ length: telegrams }, () => {
    const telegram = compactOf(header, (cursor, at) => (isZero ? 0 : shown(cursor, house, fixed, at)))
    house.pass(period * (0.9 + 0.2 * house.draw()))
    return telegram
  })
}

/** A compact telegram whose values are what `shownBy` says of each record. */
function compactOf(header: Uint8Array, shownBy: (cursor: RecordCursor, index: number) => number): Compact {
  const records: number[] = []
  const data: number[] = []
  const cursor = new RecordCursor(header, 0)
  for (let index = 0; cursor.value < header.length && cursor.nextHeader(); index++) {
    const value = shownBy(cursor, index)
    const bytes = Array.from({ length: cursor.size }, (_, i) => Math.floor(value / 256 ** i) & 0xff)
    records.push(...header.subarray(cursor.header, cursor.value), ...bytes)
    data.push(...bytes)
  }
  return {
    signature: crc16En13757(header, 0, header.length),
    dataCrc: crc16En13757(Uint8Array.from(records), 0, records.length),
    data: Uint8Array.from(data),
  }
}

function shown(cursor: RecordCursor, house: House, fixed: Map<number, number>, index: number): number {
  const isConstant = cursor.storage > 0 || cursor.function === MAXIMUM || cursor.function === MINIMUM
  const old = fixed.get(index)
  if (isConstant && old !== undefined) return old
  const value = measured(cursor, house, isConstant ? 0.35 + 0.6 * house.draw() : 1)
  if (isConstant) fixed.set(index, value)
  return value
}

/** @param part how much of today's value a stored one has */
function measured(cursor: RecordCursor, house: House, part: number): number {
  const { vif, subunit, modifier } = cursor
  const scale = scaleOf(vif)
  const unit =
    scale === undefined ? 1 : ((scale.times ?? 1) * 10 ** (scale.exponent + vif - scale.first)) / (scale.per ?? 1)
  switch (scale?.quantity) {
    case 'energy':
      return modifier !== 0 || subunit > 0 || cursor.tariff > 0 ? 0 : Math.floor((house.kwh * part) / unit)
    case 'volume':
      if (subunit > 0) return Math.floor((house.subunits[(subunit - 1) & 1]! * part) / unit)
      return modifier !== 0 ? 0 : Math.floor((house.m3 * part) / unit)
    case 'on-time':
    case 'operating-time':
      return cursor.function === AT_ERROR ? 3 : Math.floor(house.hours / unit)
    case 'power':
      return modifier !== 0 ? 0 : Math.floor((house.power * (part < 1 ? 2 : 1)) / unit)
    case 'flow':
      return Math.floor((house.flow * (cursor.function === MINIMUM ? 0.1 : part < 1 ? 1 + part : 1)) / 1000 / unit)
    case 'flow-temperature':
      return Math.round((cursor.storage > 0 ? 8 + 10 * part : house.supply) / unit)
    case 'return-temperature':
      return Math.round(house.back / unit)
    case 'temperature-difference':
      return Math.round((house.supply - house.back) / unit)
    case 'external-temperature':
      return Math.round((house.ambient + (cursor.function === MAXIMUM ? 6 : 0) - (part < 1 ? 2 * part : 0)) / unit)
    case 'date':
      return date(house.started, cursor.storage > 0 ? 1 : 1 + (Math.floor(house.started) % 28))
    case 'datetime':
      return (
        date(house.started, 1 + (Math.floor(house.started) % 28)) * 65_536 + (14 << 8) + Math.floor(house.seconds / 60)
      )
    case 'forward-energy':
      return Math.floor(house.m3Hot * part)
    case 'return-energy':
      return Math.floor(house.m3Cold * part)
    case 'state':
      return house.statusBits
    case 'enhanced-id':
      return house.configuration % 100
    default:
      // Two numbers of three bytes that nobody understands.
      if (vif === 0xff1b) return (1 + (house.configuration % 60)) * 65_793 * 256 ** (house.configuration % 3)
      return vif === 0x6e ? Math.floor(house.subunits[cursor.bytes[cursor.value - 1]! & 1]! * 3) : 0
  }
}

/** Type G, within 2020 to 2025. */
function date(days: number, day: number): number {
  const month = 1 + (Math.floor(days) % 12)
  const year = 20 + (Math.floor(days / 12) % 6)
  return day | (month << 8) | ((year & 7) << 5) | ((year & 0x78) << 9)
}
