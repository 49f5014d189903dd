import type { KeyVerdict } from '../modules/radio/key-verdict.js'
import type { DiagnosedTelegram } from '../modules/wmbus/diagnose.js'
import type { LineTelegram } from './heard-bytes.js'
import { MeterHeard, type MeterSeries, type MeterSummary } from './meter-heard.js'

export interface Failure {
  readonly place: number
  readonly id: string
  readonly result: string
}

export interface Analysis {
  readonly meters: readonly MeterSummary[]
  /** The first of the telegrams that failed. */
  readonly failed: readonly Failure[]
  /** How many more failed. */
  readonly failedMore?: number
  /** Telegrams of so many meters that nobody can count them. */
  readonly others?: number
}

/** Damaged frames name meters that nobody has. */
const MOST_METERS = 10_000
const MOST_FAILURES = 10_000
/** Meters that have plots: those that were heard first. */
const MOST_PLOTS = 100

/** Meters heard in a recording, how often, which frames are full, and which fail. Its memory is bounded. */
export class CaptureAnalysis {
  #meters = new Map<string, MeterHeard>()
  #failed: Failure[] = []
  #failedMore = 0
  #others = 0
  #telegrams = 0
  #hasPlots: boolean

  /** @param hasPlots whether `series` is asked for */
  constructor(hasPlots = false) {
    this.#hasPlots = hasPlots
  }

  get telegrams(): number {
    return this.#telegrams
  }

  /**
   * @param place line of the recording, or number of the telegram
   * @param hasKey whether a key was given for the meter: what the telegrams say of it is told
   */
  add(telegram: DiagnosedTelegram, heard: LineTelegram, place: number, hasKey = false): void {
    const { result, id, manufacturer } = telegram
    this.#telegrams++
    const key = manufacturer + id
    let meter = this.#meters.get(key)
    if (meter === undefined && this.#meters.size < MOST_METERS) {
      meter = new MeterHeard(telegram, this.#hasPlots && this.#meters.size < MOST_PLOTS)
      this.#meters.set(key, meter)
    }
    if (meter === undefined) this.#others++
    else meter.add(telegram, heard, hasKey)
    if (result === 'ok' || result === 'no-key') return
    if (this.#failed.length < MOST_FAILURES) this.#failed.push({ place, id, result })
    else this.#failedMore++
  }

  get result(): Analysis {
    const meters = [...this.#meters.values()].map(({ summary }) => summary)
    return {
      meters: meters.sort((a, b) => b.telegrams - a.telegrams),
      failed: this.#failed,
      ...(this.#failedMore > 0 && { failedMore: this.#failedMore }),
      ...(this.#others > 0 && { others: this.#others }),
    }
  }

  /** What the telegrams of meters say of their keys, by manufacturer and number; only of those whose key was given. */
  get keys(): ReadonlyMap<string, KeyVerdict> {
    const keys = new Map<string, KeyVerdict>()
    for (const { key, summary } of this.#meters.values())
      if (key !== undefined) keys.set(`${summary.manufacturer} ${summary.id}`, key)
    return keys
  }

  /** What to plot, by the number of the meter; of the first meters only. */
  get series(): ReadonlyMap<string, MeterSeries> {
    const plotted = [...this.#meters.values()].slice(0, MOST_PLOTS)
    return new Map(plotted.map(({ summary, series }) => [`${summary.manufacturer} ${summary.id}`, series]))
  }
}
