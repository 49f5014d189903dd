import { axisOf, DASHES, figureAxisOf, makeReadable, pointsOf, rangeOf, rowAfter } from './line-chart.js'
import { drawMarks } from './marks.js'

/** @typedef {import('uplot')} Plot */

/**
 * @typedef {object} Period
 * @property {string} kind
 * @property {string} zone
 * @property {number} from unix seconds
 * @property {number} to
 * @property {number} gap seconds between two figures that are more than one apart
 */

/** Seconds that uPlot takes for one, two, three and six months. */
const MONTHS = [1, 2, 3, 6].map((months) => months * 30 * 86_400)

/** Seconds of the part of a period that a bar stands for. @type {Readonly<Record<string, number>>} */
const PARTS = { day: 3600, month: 86_400, year: 30 * 86_400 }

/** How much of its part a bar takes, and CSS pixels that it takes at most. */
const BAR = 0.85
const WIDEST_BAR = 60

/** A chart in its place in the page. The arrow keys, Home and End go from figure to figure, as a pointer does. */
export class Chart {
  /** @type {HTMLElement} */
  #figure
  /** @type {HTMLElement} */
  #place
  /** @type {Period} */
  #period
  /** @type {import('./figures.js').Figures} */
  #figures
  /** @type {import('./marks.js').Marks} */
  #marks
  /** @type {readonly string[]} */
  #columns
  /** @type {readonly string[]} */
  #names
  /** @type {Plot | undefined} */
  #plot
  /** Index of the figure that is read; -1 for none. */
  #at = -1

  /**
   * @param {HTMLElement} figure
   * @param {Period} period
   * @param {import('./figures.js').Figures} figures
   * @param {import('./marks.js').Marks} marks
   */
  constructor(figure, period, figures, marks) {
    this.#figure = figure
    this.#place = /** @type {HTMLElement} */ (figure.querySelector('.plot'))
    this.#period = period
    this.#figures = figures
    this.#marks = marks
    this.#columns = figure.dataset.columns?.split(' ') ?? []
    this.#names = figure.dataset.names?.split('|') ?? []
    figure.hidden = false
    makeReadable(this.#place, figure.dataset.title ?? '', (key) => this.#onKey(key))
    this.draw()
  }

  /**
   * @param {import('./figures.js').Figures} figures
   * @param {import('./marks.js').Marks} marks
   */
  update(figures, marks) {
    this.#figures = figures
    this.#marks = marks
    this.draw()
  }

  /** Draws it anew, in the width and the colours of now. */
  draw() {
    this.#plot?.destroy()
    const style = getComputedStyle(this.#figure)
    const { from, to } = this.#period
    const isBars = 'bars' in this.#figure.dataset
    const axis = axisOf(style)
    this.#plot = new uPlot(
      {
        width: this.#place.clientWidth,
        height: innerWidth < 500 ? 180 : 220,
        tzDate: (time) => uPlot.tzDate(new Date(time * 1000), this.#period.zone),
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, y: false, points: { size: 7 } },
        padding: [8, 18, 0, 0],
        scales: {
          x: { range: () => [from, to] },
          y: { range: (_, low, high) => (isBars ? rangeOfBars(low, high) : rangeOf(low, high)) },
        },
        axes: [
          {
            ...axis,
            space: 40,
            size: 28,
            ...(this.#period.kind === 'year' && { incrs: MONTHS }),
            values: (_, times) => times.map((time) => this.#timeText(time, true)),
          },
          figureAxisOf(style),
        ],
        series: [
          {},
          ...this.#names.map((_, i) => ({
            stroke: style.getPropertyValue(`--s${i}`),
            width: 1.5,
            dash: DASHES[i] ?? [],
            points: { size: 4 },
            ...(isBars && {
              fill: style.getPropertyValue('--bar'),
              dash: [],
              points: { show: false },
              paths: this.#bars,
            }),
          })),
        ],
        hooks: {
          drawClear: [(plot) => drawMarks(plot, this.#marks, style)],
          setCursor: [(plot) => this.#read(plot.cursor.idx ?? -1)],
        },
      },
      this.#data(isBars),
      this.#place,
    )
    this.#place.setAttribute('aria-valuemax', String(Math.max(0, this.#figures.times.length - 1)))
    this.#tell()
  }

  /**
   * The figures as numbers for pixels. A line ends where figures are missing.
   * @param {boolean} isBars
   * @returns {uPlot.AlignedData}
   */
  #data(isBars) {
    const { times, texts } = this.#figures
    const textOf = (/** @type {number} */ row, /** @type {number} */ column) =>
      texts.get(this.#columns[column] ?? '')?.[row] ?? ''
    const gap = isBars ? Number.POSITIVE_INFINITY : this.#period.gap
    const { data, places } = pointsOf(times, this.#columns.length, textOf, gap)
    this.#places = places
    return data
  }

  /** Of each point of the plot, the index of its figure. @type {number[]} */
  #places = []

  /**
   * A bar is no wider than its part of the period, also where the parts beside it have no figures.
   * @type {uPlot.Series.PathBuilder}
   */
  #bars = (plot, series, first, last) => {
    const { kind, from, to } = this.#period
    const part = ((PARTS[kind] ?? 0) / (to - from)) * (plot.bbox.width / devicePixelRatio)
    const bars = uPlot.paths.bars?.({ align: 1, size: [BAR, Math.min(WIDEST_BAR, BAR * part)] })
    return bars?.(plot, series, first, last) ?? null
  }

  /** @param {number} point */
  #read(point) {
    const at = this.#places[point]
    if (at === undefined || at === this.#at) return
    this.#at = at
    this.#tell()
  }

  /** @param {string} key */
  #onKey(key) {
    const to = rowAfter(key, this.#at, this.#figures.times.length - 1)
    if (to === undefined) return false
    this.#at = to
    this.#tell()
    const plot = this.#plot
    const time = this.#figures.times[this.#at]
    if (plot !== undefined && time !== undefined) plot.setCursor({ left: plot.valToPos(time, 'x'), top: 0 }, false)
    return true
  }

  /** Shows and says the figure that is read, with its exact digits. */
  #tell() {
    const { times, texts } = this.#figures
    const time = times[this.#at]
    const unit = this.#figure.dataset.unit ?? ''
    const values = this.#columns.flatMap((name, k) => {
      const text = texts.get(name)?.[this.#at] ?? ''
      const of = this.#names.length > 1 ? `${this.#names[k]} ` : ''
      return text === '' ? [] : [`${of}${text} ${unit}`]
    })
    const words = time === undefined ? '' : `${this.#timeText(time, false)}: ${values.join(', ') || 'no figure'}`
    const readout = this.#figure.querySelector('.readout')
    if (readout !== null) readout.textContent = words || '\u00a0'
    this.#place.setAttribute('aria-valuenow', String(Math.max(0, this.#at)))
    this.#place.setAttribute('aria-valuetext', words || 'nothing read yet')
  }

  /**
   * @param {number} time
   * @param {boolean} isAxis
   */
  #timeText(time, isAxis) {
    const { kind, zone: timeZone } = this.#period
    const clock = /** @type {const} */ ({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
    const isBars = 'bars' in this.#figure.dataset
    /** @type {Intl.DateTimeFormatOptions} */
    const words =
      kind === 'day'
        ? clock
        : kind === 'month'
          ? isAxis
            ? { day: 'numeric' }
            : { weekday: 'short', day: 'numeric', ...(!isBars && clock) }
          : isAxis
            ? { month: 'short' }
            : { month: 'short', ...(!isBars && { day: 'numeric' }) }
    return new Date(time * 1000).toLocaleString('en-GB', { ...words, timeZone })
  }
}

/**
 * Bars stand on zero.
 * @param {number | null} low
 * @param {number | null} high
 * @returns {[number, number]}
 */
function rangeOfBars(low, high) {
  const [, above] = rangeOf(low, high)
  return [Math.min(0, low ?? 0), Math.max(0, above)]
}
