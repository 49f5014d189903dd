/** Points that Page Up and Page Down pass. */
const PAGE = 60

/** CSS pixels between an axis and its labels, and the least that both take: charts with short labels begin at one place. */
const GAP = 5
const AXIS = 44

/** Dashes of the lines of a chart, so that no colour alone tells them apart. */
export const DASHES = [[], [8, 4], [2, 3]]

/**
 * The look of an axis.
 * @param {CSSStyleDeclaration} style of the chart's element
 */
export function axisOf(style) {
  return {
    stroke: style.getPropertyValue('--dim'),
    grid: { stroke: style.getPropertyValue('--grid'), width: 1 },
    ticks: { show: false },
    font: `12px ${style.fontFamily}`,
  }
}

/**
 * The look of an axis of figures, which is as wide as its longest label.
 * @param {CSSStyleDeclaration} style of the chart's element
 */
export function figureAxisOf(style) {
  const axis = axisOf(style)
  return {
    ...axis,
    gap: GAP,
    size: (/** @type {uPlot} */ { ctx }, /** @type {readonly string[] | null} */ texts) => {
      ctx.save()
      ctx.font = axis.font
      const widths = (texts ?? []).map((text) => ctx.measureText(text).width)
      ctx.restore()
      return Math.max(AXIS, Math.ceil(Math.max(0, ...widths)) + GAP)
    },
    values: (/** @type {uPlot} */ _, /** @type {readonly number[]} */ values) =>
      values.map((value) => String(Number(value.toPrecision(6)))),
  }
}

/**
 * Lines have room above and below, and do not go below zero for that.
 * @param {number | null} low
 * @param {number | null} high
 * @returns {[number, number]}
 */
export function rangeOf(low, high) {
  if (low === null || high === null) return [0, 1]
  const room = (high - low) * 0.08 || Math.abs(high) * 0.1 || 1
  return [low >= 0 ? Math.max(0, low - room) : low - room, high + room]
}

/**
 * Figures as numbers for pixels. A line ends where figures are missing for longer than `gap`.
 * @param {readonly number[]} times
 * @param {number} columns
 * @param {(row: number, column: number) => string} textOf empty where there is no figure
 * @param {number} gap in the unit of the times; infinite where nothing is a gap
 * @returns {{ data: [number[], ...(number | null)[][]], places: number[] }} and of each point the row that it shows
 */
export function pointsOf(times, columns, textOf, gap) {
  /** @type {number[]} */
  const xs = []
  const ys = Array.from({ length: columns }, () => /** @type {(number | null)[]} */ ([]))
  /** @type {number[]} */
  const places = []
  times.forEach((time, row) => {
    const before = times[row - 1]
    if (before !== undefined && time - before > gap) {
      xs.push(before + 1)
      for (const y of ys) y.push(null)
      places.push(row)
    }
    xs.push(time)
    ys.forEach((y, column) => {
      const text = textOf(row, column)
      y.push(text === '' ? null : Number(text))
    })
    places.push(row)
  })
  return { data: [xs, ...ys], places }
}

/**
 * Makes an element one that is read by the arrow keys, as a pointer does.
 * @param {HTMLElement} place
 * @param {string} title
 * @param {(key: string) => boolean} onKey false where the key is not for it
 */
export function makeReadable(place, title, onKey) {
  place.tabIndex = 0
  place.setAttribute('role', 'slider')
  place.setAttribute('aria-label', `${title}, read by the arrow keys`)
  place.setAttribute('aria-valuemin', '0')
  place.addEventListener('keydown', (event) => {
    if (onKey(event.key)) event.preventDefault()
  })
}

/**
 * The row that a key leads to; undefined where the key leads nowhere.
 * @param {string} key
 * @param {number} at the row that is read; -1 for none
 * @param {number} last
 */
export function rowAfter(key, at, last) {
  // Whoever goes back first begins at the end.
  const back = at < 0 ? last + 1 : at
  const to = {
    ArrowRight: at + 1,
    ArrowUp: at + 1,
    ArrowLeft: back - 1,
    ArrowDown: back - 1,
    PageUp: at + PAGE,
    PageDown: back - PAGE,
    Home: 0,
    End: last,
  }[key]
  return to === undefined || last < 0 ? undefined : Math.min(last, Math.max(0, to))
}
