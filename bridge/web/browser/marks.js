/** @typedef {{ readonly gaps: readonly (readonly [number, number])[], readonly late: readonly (readonly [number, number])[] }} Marks */

/** Seconds after which a sample has waited in the device. */
const LATE = 600

/**
 * Where figures are missing, and where they came late, in unix seconds.
 * @param {import('./figures.js').Figures} figures
 * @param {number} gap
 * @param {number} from
 * @param {number} to
 * @returns {Marks}
 */
export function marksOf({ times, received }, gap, from, to) {
  /** @type {[number, number][]} */
  const gaps = []
  /** @type {[number, number][]} */
  const late = []
  let before = from
  times.forEach((time, i) => {
    if (time - before > gap) gaps.push([before, time])
    before = time
    if ((received[i] ?? time) - time <= LATE) return
    const last = late.at(-1)
    if (last !== undefined && time - last[1] <= gap) last[1] = time
    else late.push([time, time])
  })
  const end = Math.min(to, Date.now() / 1000)
  if (end - before > gap) gaps.push([before, end])
  return { gaps, late }
}

/**
 * Hatches the gaps over the whole height, and underlines what came late.
 * @param {import('uplot')} plot
 * @param {Marks} marks
 * @param {CSSStyleDeclaration} style
 */
export function drawMarks(plot, { gaps, late }, style) {
  const { ctx } = plot
  const { left, top, width, height } = plot.bbox
  const x = (/** @type {number} */ time) => Math.min(left + width, Math.max(left, plot.valToPos(time, 'x', true)))
  ctx.save()
  ctx.strokeStyle = style.getPropertyValue('--hatch')
  ctx.lineWidth = devicePixelRatio
  for (const [from, to] of gaps) {
    ctx.save()
    ctx.beginPath()
    ctx.rect(x(from), top, Math.max(devicePixelRatio, x(to) - x(from)), height)
    ctx.clip()
    ctx.beginPath()
    for (let at = x(from) - height; at < x(to); at += 7 * devicePixelRatio) {
      ctx.moveTo(at, top + height)
      ctx.lineTo(at + height, top)
    }
    ctx.stroke()
    ctx.restore()
  }
  const thick = 4 * devicePixelRatio
  ctx.fillStyle = style.getPropertyValue('--late')
  for (const [from, to] of late) ctx.fillRect(x(from), top + height - thick, Math.max(thick, x(to) - x(from)), thick)
  ctx.restore()
}
