import { serveSite } from '../hosttest/site/served-site.js'
import { launchChromium, missingChromium, openPage } from '../hosttest/support/chromium.js'
import { siteFiles } from '../site/files.js'
import { printTable } from './table.js'

/**
 * `tsx bench/site-memory.ts [MINUTES] [SPEED]`: the memory of the playground's page and worker in Chromium, garbage not
 * included, while it runs. It fails where the second half needs more than 5 % more than the first.
 */
const [minutes = '60', speed = '100'] = process.argv.slice(2)
/** How often it is looked at in all. */
const LOOKS = 12
/** MB that a page may need more in its second half, in parts of what it needs in its first. */
const GROWTH = 0.05
/** The browser measures memory, worker included, only for a page that nobody else has a part in. */
const ISOLATED = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }
const MEASURE = 'performance.measureUserAgentSpecificMemory().then(({ bytes }) => bytes)'

const missing = missingChromium()
if (missing === undefined) await measure()
else console.log(`skipped, ${missing}`)

async function measure(): Promise<void> {
  const browser = await launchChromium('--enable-blink-features=ForceEagerMeasureMemory')
  const site = await serveSite(await siteFiles(), ISOLATED)
  const page = await openPage(browser, { viewport: { width: 1400, height: 1000 } })
  const errors: Error[] = []
  page.on('pageerror', (error) => errors.push(error))
  await page.goto(`${site.url}#speed=${speed}`)
  await page.locator('#values div').first().waitFor()
  const clock = () => page.evaluate<string>("document.getElementById('clock').textContent")
  const rows: (string | number)[][] = []
  const megabytes: number[] = []
  for (let look = 1; look <= LOOKS; look++) {
    await new Promise((resolve) => setTimeout(resolve, (Number(minutes) * 60_000) / LOOKS))
    megabytes.push((await page.evaluate<number>(MEASURE)) / 1e6)
    const nodes = await page.evaluate<number>("document.querySelectorAll('*').length")
    rows.push([((Number(minutes) * look) / LOOKS).toFixed(1), await clock(), megabytes.at(-1)!.toFixed(1), nodes])
    console.error(rows.at(-1)!.join('  '))
  }
  await browser.close()
  site.close()
  printTable(
    `The playground for ${minutes} minutes, ${speed} times faster`,
    ['minute', 'time of the device', 'MB', 'elements'],
    rows,
  )
  const most = (list: readonly number[]) => Math.max(...list)
  const [first, second] = [most(megabytes.slice(0, LOOKS / 2)), most(megabytes.slice(LOOKS / 2))]
  console.log(`at most ${first.toFixed(1)} MB in the first half, ${second.toFixed(1)} MB in the second`)
  for (const error of errors) console.log(error.stack)
  if (second > first * (1 + GROWTH) || errors.length > 0) process.exitCode = 1
}
