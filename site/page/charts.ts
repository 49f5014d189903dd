import type { MessageItem } from '../world/protocol.js'
import { byId } from './dom.js'
import { LiveChart } from './live-chart.js'
import { fieldsOf } from './sample.js'

/** ms between two looks at what is new: nobody reads faster. */
const PAUSE = 500

/** The charts, and the quantities that share one. */
const CHARTS = [
  { title: 'Power', names: { effect1: 'power' } },
  { title: 'Temperatures', names: { t1: 'flow', t2: 'return' } },
  { title: 'Flow rate', names: { flow1: 'flow rate' } },
  { title: 'Energy', names: { e1: 'energy' } },
  { title: 'Volume', names: { v1: 'volume' } },
  { title: 'Third temperature', names: { t3: 'third' } },
] as const

/** Charts of the samples that arrive. One appears with the first sample that has its quantity. */
export class Charts {
  #charts = new Map<string, LiveChart>()
  #shownAt = 0
  #width = innerWidth

  constructor() {
    addEventListener('resize', () => {
      if (innerWidth !== this.#width) requestAnimationFrame(() => this.#redraw())
      this.#width = innerWidth
    })
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#redraw())
  }

  clear(): void {
    this.#charts.clear()
    byId('figures').replaceChildren()
    byId('charts-none').hidden = false
  }

  add(samples: readonly MessageItem[]): void {
    for (const { text, time } of samples) {
      if (text === undefined || time === undefined) continue
      const fields = new Map(fieldsOf(text).map((field) => [field.name, field]))
      for (const { title, names } of CHARTS) {
        const keys = Object.keys(names)
        const unit = fields.get(keys[0]!)?.unit
        if (unit === undefined) continue
        // A unit that changes is another chart.
        const id = `${title} ${unit}`
        let chart = this.#charts.get(id)
        if (chart === undefined) {
          chart = new LiveChart(title, unit, Object.values(names))
          this.#charts.set(id, chart)
          byId('figures').append(chart.figure)
          byId('charts-none').hidden = true
        }
        chart.add(
          time,
          keys.map((key) => fields.get(key)?.value ?? ''),
        )
      }
    }
    const now = performance.now()
    if (now - this.#shownAt < PAUSE) return
    this.#shownAt = now
    // One a frame, so that none of them takes long.
    let delay = 0
    for (const chart of this.#charts.values()) setTimeout(() => chart.refresh(), 40 * delay++)
  }

  #redraw(): void {
    for (const chart of this.#charts.values()) chart.redraw()
  }
}
