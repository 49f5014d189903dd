import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { launchChromium, missingChromium, openPage } from '../hosttest/support/chromium.js'
import { siteFiles } from '../site/files.js'
import { printTable } from './table.js'

/** ms for which the page is watched at each speed. */
const WATCHED = 20_000

const files = await siteFiles()
const bytes = (...names: readonly string[]) => names.reduce((sum, name) => sum + gzipSync(files.get(name)!).length, 0)
printTable(
  'Bytes that the playground loads, compressed',
  ['', 'bytes'],
  [
    ['one file', bytes('playground.html')],
    ['its page, style and script', bytes('index.html', 'style.css', 'page.js')],
    ['its worker: the firmware and the world', bytes('worker.js')],
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
    // What the page's start takes is no part of what follows.
    await page.evaluate(
      'self.longest = 0; new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) longest = Math.max(longest, duration) }).observe({ type: "longtask" })',
    )
    const now = () => page.evaluate<number>("Date.parse(document.getElementById('clock').textContent)")
    const before = await now()
    await new Promise((resolve) => setTimeout(resolve, WATCHED))
    const pace = ((await now()) - before) / WATCHED
    const longest = await page.evaluate<number>('longest')
    rows.push([
      `${speed} times faster`,
      Math.round(first),
      Math.round(pace),
      longest === 0 ? 'below 50' : Math.round(longest),
    ])
    await page.context().close()
  }
  await browser.close()
  rmSync(folder, { recursive: true })
  printTable('The playground in Chromium', ['', 'ms to the first sample', 'pace', 'longest task, ms'], rows)
}
