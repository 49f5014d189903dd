import { Chart } from './chart.js'
import { cellsOf, figuresOf } from './figures.js'
import { marksOf } from './marks.js'

/** ms between two looks for what is new. */
const PAUSE = 5_000

/** @type {Map<HTMLElement, Chart>} */
const charts = new Map()

/** Asks for the figures of the page and draws them. */
async function draw() {
  const csv = /** @type {HTMLAnchorElement | null} */ (document.querySelector('#csv'))
  if (csv === null) return
  const response = await fetch(csv.href)
  if (!response.ok) return
  const { kind = 'day', zone = 'UTC', from, to, since, gap } = csv.dataset
  const period = { kind, zone, from: Number(from), to: Number(to), gap: Number(gap) }
  const figures = figuresOf(await response.text())
  const marks = marksOf(figures, period.gap, Number(since), period.to)
  for (const figure of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('figure.chart'))) {
    const shown = 'bars' in figure.dataset ? cellsOf(figure.dataset.columns ?? '') : figures
    const chart = charts.get(figure)
    if (chart !== undefined) chart.update(shown, marks)
    else charts.set(figure, new Chart(figure, period, shown, marks))
  }
  const key = document.querySelector('#marks')
  if (key instanceof HTMLElement) key.hidden = marks.gaps.length === 0 && marks.late.length === 0
}

/** Takes over what has changed of the page, and leaves the keyboard where it is. */
async function refresh() {
  const response = await fetch(location.href)
  if (!response.ok) return
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html')
  const csv = document.querySelector('#csv')
  // A day that has begun with nothing has its first figures now.
  if ((csv === null) !== (fresh.querySelector('#csv') === null)) return location.reload()
  for (const old of document.querySelectorAll('[data-fresh]')) {
    const now = fresh.querySelector(`[data-fresh=${old.getAttribute('data-fresh')}]`)
    if (now === null) continue
    const focused = old.contains(document.activeElement) ? document.activeElement?.getAttribute('href') : undefined
    old.replaceWith(now)
    const again = focused && now.querySelector(`[href="${CSS.escape(focused)}"]`)
    if (again instanceof HTMLElement) again.focus()
  }
  await draw()
}

/** Follows what happens while somebody looks and has not paused it. */
function live() {
  const button = document.querySelector('#live')
  if (!(button instanceof HTMLElement)) return
  /** @type {EventSource | undefined} */
  let source
  let isWaiting = false
  const listen = () => {
    const isWanted = button.getAttribute('aria-pressed') === 'true' && !document.hidden
    if (isWanted === (source !== undefined)) return
    source?.close()
    source = undefined
    if (!isWanted) return
    source = new EventSource(button.dataset.live ?? '/live')
    source.addEventListener('message', async () => {
      if (isWaiting) return
      isWaiting = true
      await refresh().catch(() => {})
      setTimeout(() => {
        isWaiting = false
      }, PAUSE)
    })
  }
  button.hidden = false
  button.addEventListener('click', () => {
    button.setAttribute('aria-pressed', String(button.getAttribute('aria-pressed') !== 'true'))
    listen()
  })
  document.addEventListener('visibilitychange', listen)
  listen()
}

const redraw = () => {
  for (const chart of charts.values()) chart.draw()
}

let width = innerWidth
addEventListener('resize', () => {
  if (innerWidth !== width) requestAnimationFrame(redraw)
  width = innerWidth
})
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw)
draw().catch(() => {})
live()
