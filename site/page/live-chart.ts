import uPlot from 'uplot'
import {
  axisOf,
  DASHES,
  figureAxisOf,
  makeReadable,
  pointsOf,
  rangeOf,
  rowAfter,
} from '../../bridge/web/browser/line-chart.js'
import { make, write } from './dom.js'
import { unitText } from './sample.js'

/** Points that a chart keeps: a day of minutes. Of what is older one in this many goes at once. */
const MOST_POINTS = 1_440
const TO_DROP = 60
/** A line ends where the next sample is later than this, in s. */
const GAP = 150
const HEIGHT = 160

/** A chart of all quantities of one unit, which grows. The arrow keys, Home and End go from point to point. */
export class LiveChart {
  readonly figure = make('figure', 'chart')
  #unit: string
  #names: readonly string[]
  #place = make('div', 'plot')
  #readout = make('p', 'readout', '\u00a0')
  #times: number[] = []
  #texts: (readonly string[])[] = []
  #plot: uPlot | undefined
  /** Index of the point that is read; -1 for none. */
  #at = -1
  /** Of each point of the plot, its index. */
  #places: number[] = []
  #isNew = false

  /** @param names what is drawn, as people call it */
  constructor(title: string, unit: string, names: readonly string[]) {
    this.#unit = unit
    this.#names = names
    const key = names.map((name, i) => make('span', `key s${i}`, name))
    const caption = make(
      'figcaption',
      '',
      make('b', '', `${title}, ${unitText(unit)}`),
      ...(names.length > 1 ? key : []),
    )
    makeReadable(this.#place, title, (key) => this.#onKey(key))
    this.figure.append(caption, this.#place, this.#readout)
    this.#tell()
  }

  /** Takes a sample in, which may be older than others. @param texts a figure a name, with its digits */
  add(time: number, texts: readonly string[]): void {
    let at = this.#times.length
    while (at > 0 && this.#times[at - 1]! > time) at--
    if (this.#times[at - 1] === time) return
    this.#times.splice(at, 0, time)
    this.#texts.splice(at, 0, texts)
    if (this.#times.length > MOST_POINTS) {
      this.#times.splice(0, TO_DROP)
      this.#texts.splice(0, TO_DROP)
      this.#at = Math.max(-1, this.#at - TO_DROP)
    }
    this.#isNew = true
  }

  /** Shows what is new. */
  refresh(): void {
    if (!this.#isNew) return
    this.#isNew = false
    if (this.#plot === undefined) this.redraw()
    else this.#plot.setData(this.#data())
    this.#tell()
  }

  /** Draws it anew, in the width and the colours of now. */
  redraw(): void {
    this.#plot?.destroy()
    this.#plot = undefined
    if (this.#place.clientWidth === 0 || this.#times.length === 0) return
    const style = getComputedStyle(this.figure)
    const axis = axisOf(style)
    this.#plot = new uPlot(
      {
        width: this.#place.clientWidth,
        height: HEIGHT,
        tzDate: (time) => uPlot.tzDate(new Date(time * 1000), 'UTC'),
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, y: false, points: { size: 7 } },
        padding: [8, 12, 0, 0],
        scales: { y: { range: (_, low, high) => rangeOf(low, high) } },
        axes: [{ ...axis, space: 60, size: 26, values: (_, times) => times.map(timeText) }, figureAxisOf(style)],
        series: [
          {},
          ...this.#names.map((_, i) => ({
            stroke: style.getPropertyValue(`--s${i}`),
            width: 1.5,
            dash: DASHES[i] ?? [],
            points: { size: 4 },
          })),
        ],
        hooks: { setCursor: [(plot) => this.#read(plot.cursor.idx)] },
      },
      this.#data(),
      this.#place,
    )
  }

  /** The figures as numbers for pixels; a line ends where samples are missing. */
  #data(): uPlot.AlignedData {
    const textOf = (row: number, column: number) => this.#texts[row]?.[column] ?? ''
    const { data, places } = pointsOf(this.#times, this.#names.length, textOf, GAP)
    this.#places = places
    return data
  }

  #read(point: number | null | undefined): void {
    const at = point === null || point === undefined ? undefined : this.#places[point]
    if (at === undefined || at === this.#at) return
    this.#at = at
    this.#tell()
  }

  #onKey(key: string): boolean {
    const to = rowAfter(key, this.#at, this.#times.length - 1)
    if (to === undefined) return false
    this.#at = to
    this.#tell()
    const time = this.#times[this.#at]
    if (this.#plot !== undefined && time !== undefined)
      this.#plot.setCursor({ left: this.#plot.valToPos(time, 'x'), top: 0 }, false)
    return true
  }

  /** Shows and says the point that is read, else the newest, with its exact digits. */
  #tell(): void {
    const last = this.#times.length - 1
    const at = this.#at < 0 ? last : this.#at
    const time = this.#times[at]
    const values = this.#names.flatMap((name, k) => {
      const text = this.#texts[at]?.[k] ?? ''
      return text === '' ? [] : [`${this.#names.length > 1 ? `${name} ` : ''}${text} ${unitText(this.#unit)}`]
    })
    const words = time === undefined ? '\u00a0' : `${timeText(time)}: ${values.join(', ')}`
    write(this.#readout, words)
    this.#place.setAttribute('aria-valuemax', String(Math.max(0, last)))
    this.#place.setAttribute('aria-valuenow', String(Math.max(0, at)))
    this.#place.setAttribute('aria-valuetext', words)
  }
}

function timeText(time: number): string {
  return new Date(time * 1000).toISOString().slice(11, 16)
}
