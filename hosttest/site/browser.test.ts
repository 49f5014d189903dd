// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import axe, { type AxeResults } from 'axe-core'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { siteFiles } from '../../site/files.js'
import { tabTo } from '../support/chromium.js'
import { dealt } from '../support/parts.js'
import { until } from '../support/until.js'
import { checkAccessible, WatchedBrowser } from '../support/watched-browser.js'
import { serveSite } from './served-site.js'

describe('the playground in Chromium', () => {
  const browser = new WatchedBrowser((complaint) => complaint.includes('127.0.0.1:9'))
  // A browser itself complains of a worker that it does not start.
  const disk = new WatchedBrowser((complaint) => complaint.includes("cannot be accessed from origin 'null'"))
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-site-'))
  const file = pathToFileURL(join(folder, 'playground.html')).href
  let files: ReadonlyMap<string, string>

  before(async () => {
    files = await siteFiles()
    writeFileSync(join(folder, 'playground.html'), files.get('playground.html')!)
  })

  after(() => rmSync(folder, { recursive: true }))

  const open = (fragment = '', options: BrowserContextOptions = {}, url = file) => browser.open(url + fragment, options)

  /** Waits for the first sample that was opened. */
  const sample = (page: Page) => page.locator('#values div').first().waitFor()

  const frame = (page: Page) => page.frameLocator('#phone-frame')

  it('opens from a disk, opens a sample, and asks nobody for anything', async () => {
    const page = await open()
    await sample(page)
    match(await page.locator('#values').innerText(), /flow temperature\s+\d\d\.\d\d °C/)
    deepEqual(
      browser.requests.map((url) => url.replace(/^blob:.*/, 'blob')),
      [file, 'blob'],
    )
    equal(await page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'reached', () => 'forbidden')"), 'forbidden')
    deepEqual(await page.evaluate('[localStorage.length, sessionStorage.length, document.cookie, location.hash]'), [
      0,
      0,
      '',
      '',
    ])
  })

  it('opens from a web server, and asks for its own files only', async () => {
    const site = await serveSite(files)
    const page = await open('', {}, site.url)
    await sample(page)
    deepEqual(browser.requests.map((url) => new URL(url).pathname).sort(), [
      '/',
      '/page.js',
      '/style.css',
      '/worker.js',
    ])
    site.close()
  })

  it('says from a disk, with its parts beside it, which file runs there', async () => {
    for (const name of ['index.html', 'page.js', 'worker.js', 'style.css'])
      writeFileSync(join(folder, name), files.get(name)!)
    const page = await disk.open(pathToFileURL(join(folder, 'index.html')).href)
    const note = page.getByText('From a disk it runs')
    ok(await note.isVisible())
    await note.getByRole('link', { name: 'playground.html' }).click()
    await sample(page)
    equal(await note.isVisible(), false)
  })

  it('lines its parts up at the left', async () => {
    const page = await open('', { viewport: { width: 1280, height: 800 } })
    const lefts = await page.evaluate<number[]>(
      "['h1', '#plug', '#setting label', '#way h3', '#messages h2', '#faults h2'].map((one) => document.querySelector(one).getBoundingClientRect().left)",
    )
    const [title, plug, setting, ...cards] = lefts
    deepEqual([plug, setting], [title, title])
    deepEqual(cards, [cards[0], cards[0], cards[0]])
  })

  for (const meter of ['kmp', 'mc66c', 'flowiq', 'impulse', 'none'])
    it(`has each value in one piece, beside its name: ${meter}`, async () => {
      const page = await open(`#meter=${meter}`, { viewport: { width: 1280, height: 800 } })
      await sample(page)
      for (const width of [1280, 1125, 360]) {
        await page.setViewportSize({ width, height: 800 })
        const broken = await page.evaluate<string[]>(
          `[...document.querySelectorAll('#lcd p, #values div')].filter((row) => {
            const [name, value] = [...row.children].map((cell) => cell.getBoundingClientRect())
            return Math.abs(value.top - name.top) > 8 || value.height > 30
          }).map((row) => row.innerText)`,
        )
        deepEqual(broken, [], `${width} px`)
        const wide = await page.evaluate<boolean>(
          "['lcd', 'values'].some((id) => document.getElementById(id).scrollWidth > document.getElementById(id).clientWidth)",
        )
        equal(wide, false, `${width} px`)
      }
    })

  it('shows what each byte of a message is', async () => {
    const page = await open()
    await sample(page)
    await page.getByRole('button', { name: /version/ }).click()
    const bytes = async (kind: string) =>
      (await page.locator(`#detail .bytes.${kind} code`).innerText()).split(' ').length
    deepEqual([await bytes('tag'), await bytes('iv'), (await bytes('cipher')) % 16], [32, 16, 0])
    match(await page.locator('#detail .bytes.clear').innerText(), /Opened\s+twin-\d/)
    match(await page.locator('#detail .topic').innerText(), /\/version[\s\S]*\/6892850[\s\S]*UTC/)
  })

  it('is used by keyboard: the plug, the tour', async () => {
    const page = await open()
    await sample(page)
    await tabTo(page, '#plug')
    await page.keyboard.press('Space')
    await page.getByText('The plug is out.').waitFor()
    equal(await page.locator('#plug').getAttribute('aria-checked'), 'false')
    await page.keyboard.press('Space')
    await page.getByText('It runs.').waitFor()
    await page.getByText('power: back').waitFor()
    await page.locator('#tour-start').focus()
    await page.keyboard.press('Enter')
    const tour = page.getByRole('dialog')
    await tour.getByText('A heat meter').waitFor()
    equal(await page.locator('.pointed').getAttribute('id'), 'card-meter')
    for (;;) {
      await tabTo(page, '#tour-next')
      const last = (await page.locator('#tour-next').innerText()) === 'Done'
      await page.keyboard.press('Enter')
      if (last) break
    }
    equal(await tour.isVisible(), false)
    equal(await page.locator('.pointed').count(), 0)
    await page.locator('#tour-start').press('Enter')
    await page.keyboard.press('Escape')
    equal(await tour.isVisible(), false)
    equal(await page.evaluate('document.activeElement.id'), 'tour-start')
  })

  it('breaks the world and repairs it, and tells what the firmware does', async () => {
    const page = await open('#speed=100')
    await sample(page)
    const fault = page.getByRole('switch', { name: 'broker refuses' })
    await fault.click()
    await page.getByText('the device is not connected').waitFor()
    equal(await fault.getAttribute('aria-checked'), 'true')
    match(await page.locator('.fault', { has: fault }).innerText(), /What the firmware does: It calls again/)
    equal(new URL(page.url()).hash, '#speed=100&fault=broker+refuses')
    await fault.click()
    await page.getByText('the device is connected', { exact: true }).waitFor()
  })

  it('sends a command and shows what is answered', async () => {
    const page = await open()
    await sample(page)
    const box = page.getByLabel('Command', { exact: true })
    await box.fill('pong')
    await box.press('Enter')
    await page.getByText('pong: not a command').waitFor()
    await box.fill('open_until_delta')
    await page.getByText('open_until_delta takes: kWh').waitFor()
    await box.fill('open_until_delta 2')
    await box.press('Enter')
    await page.locator('#replies .up', { hasText: 'open_until_delta' }).waitFor()
    await page.getByText('Heating valve on AC 1: open').waitFor()
    ok((await page.locator('#command-names option').count()) > 30)
  })

  it('sets a fresh device up in the phone, through the pages of the firmware', async () => {
    const page = await open('#fresh=1&speed=100')
    await page.getByRole('button', { name: 'Join KAM_6892850' }).click()
    await frame(page).getByLabel('twin').check()
    await frame(page).getByLabel('Password', { exact: true }).fill('simulated')
    await frame(page).getByRole('button', { name: 'Connect' }).click()
    await frame(page).getByText('The network is stored').waitFor()
    await sample(page)
    await frame(page).getByRole('link', { name: 'Meter' }).click()
    await frame(page).getByText('56.726').waitFor()
    await frame(page).getByRole('link', { name: 'Dansk' }).click()
    await frame(page).getByText('Adgangskode').first().waitFor()
    await page.getByRole('button', { name: 'Leave' }).click()
    await page.getByRole('button', { name: 'Join KAM_6892850' }).waitFor()
    equal(await page.locator('#phone-page').isVisible(), false)
  })

  it('passes over an hour, and draws it', async () => {
    const page = await open('#meter=flowiq')
    await sample(page)
    const clock = () => page.locator('#clock').innerText()
    const before = await clock()
    await page.getByRole('button', { name: '+ 1 hour' }).click()
    await until(async () => Date.parse(await clock()) - Date.parse(before) >= 3_600_000, 'the hour')
    await page.locator('figure.chart canvas').first().waitFor()
    const volume = page.getByRole('slider', { name: /Volume/ })
    await volume.focus()
    await page.keyboard.press('Home')
    match((await volume.getAttribute('aria-valuetext'))!, /^\d\d:\d\d: \d+\.\d{3} m³$/)
    // One that needs its concentrator has the faults of that, and none of a line.
    ok(await page.getByRole('switch', { name: 'link lost' }).isVisible())
    equal(await page.getByRole('switch', { name: 'line silent' }).isVisible(), false)
  })

  it('begins what a link says, and another device when one is chosen', async () => {
    const page = await open('#meter=impulse&speed=1000')
    await sample(page)
    equal(await page.locator('#meter').inputValue(), 'impulse')
    equal(await page.locator('#valve').isVisible(), false)
    await page.locator('#meter').selectOption('mc66b')
    equal(new URL(page.url()).hash, '#meter=mc66b&speed=1000')
    await page.getByText('energy').first().waitFor()
    await sample(page)
  })

  const STATES: readonly [name: string, fragment: string, prepare: (page: Page) => Promise<unknown>][] = [
    ['as it opens', '', sample],
    [
      'with a fault',
      '#meter=flowiq&speed=100&fault=weak+signal',
      (page) => page.getByText('wifi: joining twin').nth(1).waitFor(),
    ],
    ['with a phone at the pages', '#fresh=1', (page) => page.getByRole('button', { name: /^Join/ }).click()],
    ['without power', '', (page) => page.locator('#plug').click()],
  ]

  const { items, name: part } = dealt(STATES, 2)
  for (const [name, fragment, prepare] of items)
    it(`has nothing for an accessibility checker to find, and 320 px are enough: ${name}, ${part}`, async () => {
      const page = await open(fragment, { viewport: { width: 320, height: 640 }, reducedMotion: 'reduce' })
      await prepare(page)
      // What changes while it is looked at would be judged half and half.
      await page.locator('#pause').click()
      // The pages of the firmware have tests of their own, and run no script here. The board is a drawing, told in words.
      const check = async (...schemes: readonly ('light' | 'dark')[]) => {
        for (const colorScheme of schemes) {
          await page.emulateMedia({ colorScheme })
          await checkAccessible(page, { exclude: ['#phone-frame', '.board'] })
        }
      }
      await check('light', 'dark')
      await page.setViewportSize({ width: 1200, height: 800 })
      await check('light')
    })

  it('has nothing for an accessibility checker to find in the tour', async () => {
    const page = await open('', { viewport: { width: 320, height: 640 } })
    await page.locator('#tour-start').click()
    await page.evaluate(axe.source)
    const { violations, incomplete } = await page.evaluate<AxeResults>("axe.run('#tour')")
    deepEqual([violations, incomplete], [[], []])
  })
})
