import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { launchChromium, missingChromium, openPage } from '../hosttest/support/chromium.js'
import { siteFiles } from '../site/files.js'
import { printTable } from './table.js'

/** ms for which the page is watched at each speed. */
const WATCHED = 10_000

const files = await siteFiles()
const bytes = (...names: readonly string[]) => names.reduce((sum, name) => sum + gzipSync(files.get(name)!).length, 0)
printTable(
  'Bytes that the pages load, compressed',
  ['', 'bytes'],
  [
    ['the playground in one file', bytes('playground.html')],
    ['its page, style and script', bytes('index.html', 'style.css', 'page.js')],
    ['its worker: the firmware and the world', bytes('worker.js')],
    ['the tools: page, style and script', bytes('tools.html', 'style.css', 'tools.js')],
    ['their worker, with the first question', bytes('tools-worker.js')],
    ['a large document, without its pictures', bytes('docs/protocol/wireless-mbus.html', 'style.css', 'docs.js')],
    ['the index, with the first search', bytes('search-index.js')],
  ],
)

const missing = missingChromium()
if (missing === undefined) await measure()
else console.log(`\nskipped, ${missing}: the playground in a browser`)

async function measure(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-site-'))
  const file = join(folder, 'playground.html')
  writeFileSync(file, files.get('playground.html')!)
  const browser = await launchChromium()
  const rows: (string | number)[][] = []
  for (const speed of [10, 100, 1000]) {
    const page = await openPage(browser, { viewport: { width: 1400, height: 1000 } })
    await page.goto(`${pathToFileURL(file).href}#speed=${speed}`)
    await page.locator('#values div').first().waitFor()
    const first = await page.evaluate<number>("performance.getEntriesByName('first-sample')[0].startTime")
    const now = () => page.evaluate<number>("Date.parse(document.getElementById('clock').textContent)")
    await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline'] })
    const before = await now()
    await new Promise((resolve) => setTimeout(resolve, WATCHED))
    const pace = ((await now()) - before) / WATCHED
    const tasks = tasksOf(JSON.parse((await browser.stopTracing()).toString()).traceEvents)
    const longest = (of: (task: TraceEvent) => number | undefined) =>
      Math.round(tasks.reduce((most, task) => Math.max(most, (of(task) ?? 0) / 1000), 0))
    rows.push([
      `${speed} times faster`,
      Math.round(first),
      Math.round(pace),
      longest(({ tdur }) => tdur),
      longest(({ dur }) => dur),
    ])
    await page.context().close()
  }
  await browser.close()
  rmSync(folder, { recursive: true })
  printTable(
    'The playground in Chromium',
    ['', 'ms to the first sample', 'pace', 'longest task of the page, ms of processor', 'by the clock'],
    rows,
  )
}

/** Of Chromium's trace events, what this needs. */
interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  /** Microseconds of the processor, which a busy computer does not change much. */
  readonly tdur?: number
  /** Microseconds by the clock. */
  readonly dur?: number
  readonly args: { readonly name?: string }
}

/** The tasks of the page's own thread. */
function tasksOf(events: readonly TraceEvent[]): readonly TraceEvent[] {
  const place = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`
  const main = new Set(
    events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(place),
  )
  return events.filter((event) => event.ph === 'X' && event.name.endsWith('RunTask') && main.has(place(event)))
}
