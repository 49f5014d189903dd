import { fieldsOf } from '../modules/radio/all-fields.js'
import { type KeyVerdict, verdictOf } from '../modules/radio/key-verdict.js'
import type { DiagnosedTelegram } from '../modules/wmbus/diagnose.js'
import { isClear } from '../modules/wmbus/encryption.js'
import { BoundedSeries } from './bounded-series.js'
import type { LineTelegram } from './heard-bytes.js'

export interface MeterSummary {
  readonly manufacturer: string
  readonly id: string
  readonly version: number | null
  readonly type: number | null
  readonly telegrams: number
  /** Seconds between telegrams; null where too few were heard. */
  readonly period: number | null
  readonly full: number
  readonly compact: number
  /** The access numbers modulo 8 of the full frames. A healthy meter has one. */
  readonly fullAt: readonly number[]
  /** Telegrams that the access numbers say were sent between those that were heard. */
  readonly missed: number
  /** What the receiver says; null where it says nothing. */
  readonly rssi: { readonly least: number; readonly mean: number; readonly most: number } | null
  readonly results: { readonly [result: string]: number }
}

/** What the plots of a meter show. `x` is a time in ms, or in minutes of the meter's clock, or a number of telegrams. */
export interface MeterSeries {
  readonly axis: 'time' | 'minute' | 'number'
  readonly rssi: BoundedSeries
  /** Missed telegrams before each that was heard. */
  readonly gaps: BoundedSeries
  /** Numbers by the name of the field. */
  readonly values: ReadonlyMap<string, BoundedSeries>
}

/** Telegrams of one length whose kind only the length can tell. */
interface OfLength {
  count: number
  unread: number
  unreadPhases: number
}

/** Minutes in which the access number cannot wrap around at one telegram each 16 s. */
const MAX_GAP = 60
const MOST_LENGTHS = 16
const MOST_FIELDS = 16
const MOST_VERDICTS = 16

/** What a recording says of one meter, in bounded memory. */
export class MeterHeard {
  #first: DiagnosedTelegram
  #telegrams = 0
  #results: { [result: string]: number } = {}
  #lengths = new Map<number, OfLength>()
  #full = 0
  #compact = 0
  #phases = 0
  #last: { readonly minute: number; readonly access: number } | undefined
  #minutes = 0
  #sent = 0
  #missed = 0
  #rssi = { least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY, sum: 0, count: 0 }
  #axis: MeterSeries['axis'] | undefined
  #rssiSeries = new BoundedSeries()
  #gaps = new BoundedSeries()
  #values = new Map<string, BoundedSeries>()
  #verdicts = new Map<KeyVerdict, number>()
  #isPlotted: boolean

  constructor(first: DiagnosedTelegram, isPlotted: boolean) {
    this.#first = first
    this.#isPlotted = isPlotted
  }

  /** @param hasKey whether a key was given for the meter */
  add(telegram: DiagnosedTelegram, { bytes, rssi, time }: LineTelegram, hasKey: boolean): void {
    const { result } = telegram
    if (hasKey) this.#judge(telegram)
    this.#telegrams++
    this.#results[result] = (this.#results[result] ?? 0) + 1
    const isWhole = result === 'ok' || result === 'no-key'
    if (isWhole) this.#addKind(telegram, bytes.length)
    const missed = isWhole ? this.#addSession(telegram) : 0
    if (rssi !== undefined) this.#addRssi(rssi)
    if (this.#isPlotted) this.#plot(telegram, missed, rssi, time)
  }

  get summary(): MeterSummary {
    const { manufacturer, id, version = null, type = null } = this.#first
    const lengths = [...this.#lengths]
    const longer = lengths.length === 2 ? Math.max(...this.#lengths.keys()) : undefined
    let [full, compact, phases] = [this.#full, this.#compact, this.#phases]
    for (const [length, { unread, unreadPhases }] of longer === undefined ? [] : lengths) {
      if (length !== longer) compact += unread
      else [full, phases] = [full + unread, phases | unreadPhases]
    }
    const { least, most, sum, count } = this.#rssi
    const period = this.#sent > 0 && this.#minutes > 0 ? Math.round((600 * this.#minutes) / this.#sent) / 10 : null
    return {
      manufacturer,
      id,
      version,
      type,
      telegrams: this.#telegrams,
      period,
      full,
      compact,
      fullAt: [0, 1, 2, 3, 4, 5, 6, 7].filter((phase) => phases & (1 << phase)),
      missed: this.#missed,
      rssi: count === 0 ? null : { least, mean: Math.round((10 * sum) / count) / 10, most },
      results: this.#results,
    }
  }

  get series(): MeterSeries {
    return { axis: this.#axis ?? 'number', rssi: this.#rssiSeries, gaps: this.#gaps, values: this.#values }
  }

  /** What most telegrams say of the key that was given for the meter; undefined where none was, or none says anything. */
  get key(): KeyVerdict | undefined {
    return [...this.#verdicts].sort(([, some], [, more]) => more - some)[0]?.[0]
  }

  #judge(telegram: DiagnosedTelegram): void {
    // Whatever the key is, what is not encrypted can be read.
    const isOpen = telegram.result === 'ok' && isClear(telegram.frame)
    const isWrong = telegram.result === 'decrypt-check'
    const verdict = isOpen ? 'not encrypted' : isWrong ? 'wrong' : verdictOf(telegram)
    if (verdict === undefined) return
    const times = this.#verdicts.get(verdict) ?? 0
    if (times > 0 || this.#verdicts.size < MOST_VERDICTS) this.#verdicts.set(verdict, times + 1)
  }

  /** Goes by content where a telegram could be decoded, otherwise by length if the meter sends two lengths. */
  #addKind({ result, isCompact, accessNumber }: DiagnosedTelegram, length: number): void {
    const phase = accessNumber === undefined ? 0 : 1 << (accessNumber & 7)
    let ofLength = this.#lengths.get(length)
    if (ofLength === undefined) {
      if (this.#lengths.size >= MOST_LENGTHS) return
      ofLength = { count: 0, unread: 0, unreadPhases: 0 }
      this.#lengths.set(length, ofLength)
    }
    ofLength.count++
    if (result !== 'ok') {
      ofLength.unread++
      ofLength.unreadPhases |= phase
    } else if (isCompact) {
      this.#compact++
    } else {
      this.#full++
      this.#phases |= phase
    }
  }

  /** Computes the period from the minutes of the session number that passed for so many access numbers. */
  #addSession({ sessionNumber, accessNumber }: DiagnosedTelegram): number {
    if (sessionNumber === undefined || accessNumber === undefined) return 0
    const minute = (sessionNumber >>> 4) & 0x1ffffff
    const last = this.#last
    this.#last = { minute, access: accessNumber }
    if (last === undefined) return 0
    const passed = minute - last.minute
    if (passed < 0 || passed > MAX_GAP) return 0
    const sent = (accessNumber - last.access) & 0xff
    this.#minutes += passed
    this.#sent += sent
    // The recording has them in the order in which they were heard: a step back of one is no 255 that were missed.
    const missed = sent === 0 || sent > 254 ? 0 : sent - 1
    this.#missed += missed
    return missed
  }

  #addRssi(rssi: number): void {
    const total = this.#rssi
    total.least = Math.min(total.least, rssi)
    total.most = Math.max(total.most, rssi)
    total.sum += rssi
    total.count++
  }

  #plot(telegram: DiagnosedTelegram, missed: number, rssi: number | undefined, time: string | undefined): void {
    const ms = time === undefined ? Number.NaN : Date.parse(time)
    const minute = ((telegram.sessionNumber ?? 0) >>> 4) & 0x1ffffff
    this.#axis ??= Number.isNaN(ms) ? (minute > 0 ? 'minute' : 'number') : 'time'
    const x = this.#axis === 'time' ? ms : this.#axis === 'minute' ? minute : this.#telegrams
    if (!(x > 0)) return
    if (rssi !== undefined) this.#rssiSeries.push(x, rssi)
    this.#gaps.push(x, missed)
    const fields = fieldsOf(telegram)
    for (const name in fields) {
      const value = fields[name]!
      if (typeof value === 'string') continue
      let series = this.#values.get(name)
      if (series === undefined) {
        if (this.#values.size >= MOST_FIELDS) continue
        series = new BoundedSeries()
        this.#values.set(name, series)
      }
      series.push(x, (value.negative ? -value.mantissa : value.mantissa) * 10 ** value.exponent)
    }
  }
}
