import type { BoundedSeries, Point } from './bounded-series.js'
import { escaped } from './escaped.js'
import type { MeterSeries } from './meter-heard.js'

const WIDTH = 720
const HEIGHT = 180
const LEFT = 64
const RIGHT = 12
const TOP = 12
const BOTTOM = 28

/**
 * A series as a figure of a page: SVG with its title and its range in words, for those who do not see it.
 * @param isBars whether each point is a bar from zero instead of a step of a line
 */
export function plot(title: string, { points }: BoundedSeries, axis: MeterSeries['axis'], isBars = false): string {
  if (points.length < 2) return ''
  const xs = rangeOf(points.map(({ x }) => x))
  const values = rangeOf(points.map(({ y }) => y))
  const ys = isBars ? { ...values, least: Math.min(0, values.least) } : values
  const atX = (x: number) => LEFT + ((WIDTH - LEFT - RIGHT) * (x - xs.least)) / (xs.most - xs.least || 1)
  const atY = (y: number) => HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * (y - ys.least)) / (ys.most - ys.least || 1)
  const place = ({ x, y }: Point) => `${atX(x).toFixed(1)} ${atY(y).toFixed(1)}`
  const path = isBars
    ? points.map((point) => `M${atX(point.x).toFixed(1)} ${atY(0).toFixed(1)}V${atY(point.y).toFixed(1)}`).join('')
    : `M${points.map(place).join('L')}`
  const words = `${title}: from ${number(values.least)} to ${number(values.most)}, the last is ${number(points.at(-1)!.y)}`
  return `<figure><figcaption>${escaped(title)}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(words)}">
<path class="frame" d="M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}"/><path class="line" d="${path}"/>
<text x="${LEFT - 6}" y="${TOP + 8}" text-anchor="end">${number(ys.most)}</text>
<text x="${LEFT - 6}" y="${HEIGHT - BOTTOM}" text-anchor="end">${number(ys.least)}</text>
<text x="${LEFT}" y="${HEIGHT - 8}">${escaped(along(xs.least, axis))}</text>
<text x="${WIDTH - RIGHT}" y="${HEIGHT - 8}" text-anchor="end">${escaped(along(xs.most, axis))}</text>
</svg></figure>
`
}

function rangeOf(values: readonly number[]): { readonly least: number; readonly most: number } {
  let [least, most] = [values[0]!, values[0]!]
  for (const value of values) {
    least = Math.min(least, value)
    most = Math.max(most, value)
  }
  return { least, most }
}

function number(value: number): string {
  return String(Number(value.toPrecision(8)))
}

function along(x: number, axis: MeterSeries['axis']): string {
  if (axis === 'time') return new Date(x).toISOString().slice(0, 19).replace('T', ' ')
  return axis === 'minute' ? `minute ${x}` : `telegram ${x}`
}
