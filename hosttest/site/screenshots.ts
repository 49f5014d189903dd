import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { siteFiles } from '../../site/files.js'
import { launchChromium, openPage } from '../support/chromium.js'
import { serveSite } from './served-site.js'

/** `npx tsx hosttest/site/screenshots.ts [FOLDER]`: the site to docs/playground and docs/site. Needs Debian's pngquant. */
const FOLDER = process.argv[2] ?? fileURLToPath(new URL('../../docs', import.meta.url))

const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 } }
const DESKTOP: BrowserContextOptions = { viewport: { width: 1400, height: 1180 } }

const site = await serveSite(await siteFiles())
const browser = await launchChromium()

async function shoot(
  name: string,
  address: string,
  options: BrowserContextOptions,
  prepare: (page: Page) => Promise<void>,
) {
  const page = await openPage(browser, options)
  await page.goto(site.url + address)
  await prepare(page)
  const path = join(FOLDER, `${name}.png`)
  mkdirSync(dirname(path), { recursive: true })
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

await shoot('playground/desktop', '#fresh=1', DESKTOP, setUp)
await shoot(
  'playground/tour-phone-dark',
  '',
  { ...PHONE, colorScheme: 'dark', reducedMotion: 'reduce' },
  async (page) => {
    await page.locator('#values div').first().waitFor()
    await page.locator('#tour-start').click()
    await page.locator('#tour-next').click()
  },
)
await shoot('site/tools-desktop', 'tools.html', { viewport: { width: 1200, height: 980 } }, async (page) => {
  await page.getByRole('button', { name: /^Example: Four telegrams of a FlowIQ/ }).click()
  await page.locator('#wmbus .answer table').first().waitFor()
  await page.evaluate('document.activeElement.blur(); scrollTo(0, 0)')
})
await shoot('site/document-phone-dark', 'docs/faults.html', { ...PHONE, colorScheme: 'dark' }, () => Promise.resolve())
if (process.argv[2] !== undefined) {
  await shoot('site/tools-phone-dark', 'tools.html#example=open', { ...PHONE, colorScheme: 'dark' }, (page) =>
    page.locator('.bytes.tag').waitFor(),
  )
  await shoot('site/search', 'docs/index.html', DESKTOP, async (page) => {
    await page.locator('#search').fill('open_until')
    await page.locator('#found li').first().waitFor()
  })
  await shoot('playground/faults', '#meter=flowiq&speed=100&fault=broker+refuses', DESKTOP, async (page) => {
    await page.getByText('next attempt').first().waitFor()
    await page.locator('#faults').scrollIntoViewIfNeeded()
  })
}
await browser.close()
site.close()
