import type { Timer } from '../../../modules/ports/clock.js'
import { equal } from '../../xs/shim/assert.js'
import type { Board } from './board.js'
import { faultsOf, lastSample } from './journey.js'

const PAUSE = 20_000

/** An S0 output, ms. */
const S0 = 100
/** The reed contact of a water meter, ms. */
const REED = 1_500

/** The contact of an impulse meter, which draws the input to ground and lets go of it; and what the board has to make of it. */
export class Contact {
  /** Impulses that are over. */
  given = 0
  #board: Board
  #isWater: boolean
  #timer: Timer | undefined

  constructor(board: Board, isWater: boolean) {
    this.#board = board
    this.#isWater = isWater
  }

  /** An impulse at once, and one every 20 s from then on. */
  begin(): void {
    const ms = this.#isWater ? REED : S0
    const { clock } = this.#board
    this.#board.impulse(ms)
    clock.set(() => this.given++, ms)
    this.#timer = clock.set(() => this.begin(), PAUSE)
  }

  end(): void {
    this.#board.clock.clear(this.#timer)
  }

  /**
   * The newest sample tells exactly these impulses.
   * @param start what the meter showed before them, in Wh or litres, with one impulse for each
   */
  isTold(start: number, impulses: number): void {
    const unit = this.#isWater ? 'm3' : 'kWh'
    const told = lastSample(this.#board).match(/&(?:e1|v1)=([0-9.]+ \w+)&/)?.[1]
    const right = `${((start + impulses) / 1000).toFixed(3)} ${unit}`
    equal(told, right, `${impulses} impulses make it ${right}, the sample tells ${told}; ${faultsOf(this.#board)}`)
  }
}
