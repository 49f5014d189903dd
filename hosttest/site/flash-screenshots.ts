import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { flashFiles } from '../../site/flash/file.js'
import { launchChromium, openPage } from '../support/chromium.js'
import { buildFiles } from './build-files.js'
import { SimulatedBoard } from './rom/board.js'
import { bridgePort } from './rom/page-port.js'

/** `npx tsx hosttest/site/flash-screenshots.ts [FOLDER]`: the page that flashes to docs/flash. Needs Debian's pngquant. */
const FOLDER = process.argv[2] ?? fileURLToPath(new URL('../../docs/flash', import.meta.url))

const place = mkdtempSync(join(tmpdir(), 'meterlogger-flash-'))
const file = join(place, 'flash.html')
writeFileSync(file, (await flashFiles())[0]![1])
const browser = await launchChromium()
mkdirSync(FOLDER, { recursive: true })

const files = buildFiles({ size: 400_000 }).map(({ name, bytes }) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(bytes),
}))

async function shoot(name: string, options: BrowserContextOptions, prepare: (page: Page) => Promise<unknown>) {
  const page = await openPage(browser, options)
  await bridgePort(page, new SimulatedBoard())
  await page.goto(pathToFileURL(file).href)
  await page.locator('#files').setInputFiles(files)
  await page.getByText('program 0.2.0').waitFor()
  await page.locator('#key').fill('3f1c 88a0 52d7 4be9 a6f4 0c17 e35b 92d8')
  await page.locator('#serial').fill('7000001')
  await page.locator('#ssid').fill('cellar')
  await page.locator('#password').fill('not this one')
  await prepare(page)
  const path = join(FOLDER, `${name}.png`)
  await page.screenshot({ path })
  await page.context().close()
  const { error } = spawnSync('pngquant', ['--force', '--strip', '--ext', '.png', '64', path], { stdio: 'inherit' })
  if (error !== undefined) throw error
}

await shoot('desktop', { viewport: { width: 1000, height: 1180 } }, (page) => page.evaluate('scrollTo(0, 0)'))
await shoot('written-narrow-dark', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' }, async (page) => {
  await page.locator('#start').click()
  await page.getByText('a key').last().waitFor()
  await page.getByText('serial 7000001, a key').waitFor()
  await page.evaluate("document.querySelector('#start').scrollIntoView()")
})
await browser.close()
rmSync(place, { recursive: true })
