import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { siteFiles } from '../../site/files.js'
import { launchChromium, openPage } from '../support/chromium.js'

/** `npx tsx hosttest/site/screenshots.ts [FOLDER]`: the playground to docs/playground. Needs Debian's pngquant. */
const FOLDER = process.argv[2] ?? fileURLToPath(new URL('../../docs/playground', import.meta.url))

const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 } }
const DESKTOP: BrowserContextOptions = { viewport: { width: 1400, height: 1180 } }

const place = mkdtempSync(join(tmpdir(), 'meterlogger-site-'))
const file = join(place, 'playground.html')
writeFileSync(file, (await siteFiles()).get('playground.html')!)
const browser = await launchChromium()
mkdirSync(FOLDER, { recursive: true })

async function shoot(
  name: string,
  fragment: string,
  options: BrowserContextOptions,
  prepare: (page: Page) => Promise<void>,
) {
  const page = await openPage(browser, options)
  await page.goto(pathToFileURL(file).href + fragment)
  await prepare(page)
  const path = join(FOLDER, `${name}.png`)
  await page.screenshot({ path })
  await page.context().close()
  const { error } = spawnSync('pngquant', ['--force', '--strip', '--ext', '.png', '64', path], { stdio: 'inherit' })
  if (error !== undefined) throw error
}

async function setUp(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Join/ }).click()
  const pages = page.frameLocator('#phone-frame')
  await pages.getByLabel('twin').check()
  await pages.getByLabel('Password', { exact: true }).fill('simulated')
  await pages.getByRole('button', { name: 'Connect' }).click()
  await pages.getByText('The network is stored').waitFor()
  await page.locator('#values div').first().waitFor()
  await page.locator('#pause').click()
  await page.evaluate('scrollTo(0, 0)')
}

await shoot('desktop', '#fresh=1', DESKTOP, setUp)
await shoot('tour-phone-dark', '', { ...PHONE, colorScheme: 'dark', reducedMotion: 'reduce' }, async (page) => {
  await page.locator('#values div').first().waitFor()
  await page.locator('#tour-start').click()
  await page.locator('#tour-next').click()
})
if (process.argv[2] !== undefined)
  await shoot('faults', '#meter=flowiq&speed=100&fault=broker+refuses', DESKTOP, async (page) => {
    await page.getByText('next attempt').first().waitFor()
    await page.locator('#faults').scrollIntoViewIfNeeded()
  })
await browser.close()
rmSync(place, { recursive: true })
