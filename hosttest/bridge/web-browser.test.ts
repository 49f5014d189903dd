// node only
import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { KeyRegister } from '../../tools/key-register.js'
import { tabTo } from '../support/chromium.js'
import { dealt } from '../support/parts.js'
import { until } from '../support/until.js'
import { checkAccessible, WatchedBrowser } from '../support/watched-browser.js'
import { heatMinutes, serveStore, waterMinutes, writeAll } from '../support/web.js'
import { arrival } from './databases.js'

const HEAT = '7000001'
const WATER = '75000003'
/** One that is new: it has an hour of one day. */
const NEW = '7000003'
const HOSTILE = '"><img src=x onerror=alert(1)>\u202eevil'

const PAGES = [
  ['all meters', '/'],
  ['a day', `/meter/${HEAT}/day/2026-11-24`],
  ['a month', `/meter/${HEAT}/month/2026-11`],
  ['a year', `/meter/${HEAT}/year/2026`],
  ['a water meter', `/meter/${WATER}/day/2026-11-24`],
  ['a day without samples', `/meter/${HEAT}/day/2026-11-20`],
  ['a date that is none', `/meter/${HEAT}/day/2026-02-30`],
] as const

interface CanvasRow {
  getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray }
}

describe('the pages of the bridge in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-web-browser-'))
  // A page that says 404 is one.
  const browser = new WatchedBrowser((complaint) => complaint.includes('404'))
  let served: Awaited<ReturnType<typeof serveStore>>

  before(async () => {
    const key = new Uint8Array(16)
    const register = new KeyRegister([
      { serial: '7000009', key, name: HOSTILE, group: undefined, kind: undefined },
      { serial: HEAT, key, name: 'Elm Street 7', group: undefined, kind: 'heat' },
    ])
    served = await serveStore(`file:${folder}`, { register })
    const heat = heatMinutes(HEAT, '2026-11-24T00:00:00Z', 1440)
    await writeAll(served.store, [
      // Half an hour is missing, and an hour came late.
      ...heat.flatMap((one, i) => {
        if (i >= 100 && i < 130) return []
        return [i >= 200 && i < 260 ? { ...one, receivedAt: one.receivedAt + 7_200_000 } : one]
      }),
      ...heatMinutes(HEAT, '2026-11-26T00:00:00Z', 60),
      ...waterMinutes(WATER, '2026-11-24T00:00:00Z', 300),
      ...heatMinutes(NEW, '2026-11-24T11:00:00Z', 120).map((one, i) => ({
        ...one,
        text: one.text.replace(/effect1=[^&]*/, `effect1=11.${467 + (i % 2) + Math.floor(i / 60)} kW`),
      })),
      arrival(NEW, 'version', '2026-11-24T12:00:00Z', 'twin-0.1.0-node-KMP-THERMO_NC-DEBUG_STACK_TRACE-FLOW_METER'),
      arrival('7000009', 'sample', '2026-11-24T00:00:00Z', 't1=1 C&'),
      arrival('7000009', 'version', '2026-11-24T00:00:00Z', HOSTILE),
    ])
  })

  after(async () => {
    await served?.close()
    rmSync(folder, { recursive: true })
  })

  afterEach(() => {
    deepEqual(
      browser.requests.filter((url) => !url.startsWith(`${served.url}/`)),
      [],
    )
  })

  const open = (path: string, options: BrowserContextOptions = {}) =>
    browser.open(served.url + path, { timezoneId: 'America/New_York', ...options })

  /** Waits for the charts of a page, where it has some. */
  async function drawn(page: Page): Promise<void> {
    if ((await page.locator('figure.chart').count()) > 0) await page.locator('figure.chart canvas').first().waitFor()
  }

  const { items, name: part } = dealt(PAGES, 3)
  for (const [name, path] of items)
    it(`have nothing for an accessibility checker to find, and 320 px are enough: ${name}, light and dark, ${part}`, async () => {
      const page = await open(path, { viewport: { width: 320, height: 640 } })
      await drawn(page)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        await checkAccessible(page)
      }
      await page.setViewportSize({ width: 1200, height: 800 })
      await checkAccessible(page)
    })

  it('draw what was measured, with gaps, in the width and the colours of the screen', async () => {
    const page = await open(PAGES[1][1], { viewport: { width: 400, height: 800 } })
    await drawn(page)
    deepEqual(await page.locator('h3').allInnerTexts(), [
      'Energy used, kWh',
      'Power, kW',
      'Temperatures, °C',
      'Cooling, K',
      'Flow rate, l/h',
    ])
    await page.getByText('came late', { exact: true }).waitFor()
    const figure = page.locator('figure.chart').nth(2)
    const picture = () =>
      figure.locator('canvas').evaluate((canvas) => (canvas as unknown as { toDataURL(): string }).toDataURL())
    const light = await picture()
    await page.emulateMedia({ colorScheme: 'dark' })
    await until(async () => (await picture()) !== light, 'the dark picture')
    await page.setViewportSize({ width: 900, height: 800 })
    await until(
      async () => (await figure.locator('canvas').evaluate((canvas) => canvas.getBoundingClientRect().width)) > 600,
      'the wider picture',
    )
  })

  it('have no bar that is wider than its day, on the first day of a meter', async () => {
    const today = new Date().toISOString().slice(0, 10)
    await writeAll(served.store, heatMinutes('7000004', `${today}T11:00:00Z`, 60))
    const page = await open(`/meter/7000004/month/${today.slice(0, 7)}`, { viewport: { width: 1280, height: 800 } })
    await drawn(page)
    const width = await page
      .locator('figure.chart canvas')
      .first()
      .evaluate((canvas) => {
        const { width, height } = canvas as unknown as { width: number; height: number }
        const context = (canvas as unknown as { getContext(name: string): CanvasRow }).getContext('2d')
        const row = context.getImageData(0, Math.round(height / 2), width, 1).data
        // Beside grey lines there is nothing but the bar.
        const at = Array.from({ length: width }, (_, x) => x).filter((x) => row[4 * x]! - row[4 * x + 2]! > 50)
        return at.at(-1)! - at[0]! + 1
      })
    const plot = (await page.locator('.u-over').first().boundingBox())!.width
    ok(width > (plot / 31) * 0.6 && width <= plot / 28, `${width} px of ${plot}`)
  })

  it('have no label that is cut', async () => {
    const page = await open(`/meter/${NEW}/month/2026-11`, { viewport: { width: 1280, height: 800 } })
    await drawn(page)
    await page.evaluate(`{
      globalThis.drawn = []
      globalThis.cut = []
      const { prototype } = CanvasRenderingContext2D
      const { fillText } = prototype
      prototype.fillText = function (text, x, y) {
        const { width } = this.measureText(text)
        const left = this.textAlign === 'right' ? x - width : this.textAlign === 'center' ? x - width / 2 : x
        drawn.push(text)
        if (left < 0 || left + width > this.canvas.width) cut.push(text)
        fillText.call(this, text, x, y)
      }
    }`)
    for (const width of [1100, 360]) {
      await page.evaluate('drawn = []')
      await page.setViewportSize({ width, height: 800 })
      await until(() => page.evaluate<boolean>("drawn.some((text) => text.startsWith('11.46'))"), 'the label')
      deepEqual(await page.evaluate('cut'), [], `${width} px`)
    }
  })

  it('have each number on one line among all meters', async () => {
    const page = await open('/', { viewport: { width: 1280, height: 800 } })
    for (const width of [1280, 800, 360]) {
      await page.setViewportSize({ width, height: 800 })
      deepEqual(
        await page.evaluate(
          "[...document.querySelectorAll('.serial')].filter((one) => one.getClientRects().length > 1).map((one) => one.innerText)",
        ),
        [],
      )
    }
    const [field, find] = await Promise.all(
      ['#find', '.find button'].map((one) => page.locator(one).evaluate((it) => it.getBoundingClientRect().top)),
    )
    equal(field, find)
  })

  it('say each figure by keyboard with its exact digits, at the time of the meter’s zone', async () => {
    const page = await open(PAGES[1][1])
    await drawn(page)
    const chart = page.getByRole('slider', { name: /Temperatures/ })
    await chart.focus()
    await page.keyboard.press('Home')
    const zone = await page.locator('#csv').getAttribute('data-zone')
    const first = new Date('2026-11-24T00:00:00Z').toLocaleTimeString('en-GB', { timeZone: zone!, timeStyle: 'short' })
    equal(await chart.getAttribute('aria-valuetext'), `${first}: Flow 68.100 °C, Return 43.080 °C`)
    await page.keyboard.press('ArrowRight')
    match((await chart.getAttribute('aria-valuetext'))!, /: Flow 68\.110 °C, Return 44\.080 °C$/)
    await page.keyboard.press('End')
    equal(await chart.getAttribute('aria-valuenow'), '1409')
    equal(
      await page.locator('figure.chart').nth(2).locator('.readout').innerText(),
      await chart.getAttribute('aria-valuetext'),
    )
    const used = page.getByRole('slider', { name: /Energy/ })
    await used.focus()
    await page.keyboard.press('Home')
    match((await used.getAttribute('aria-valuetext'))!, /: [0-9.]+ kWh$/)
  })

  it('are used by keyboard alone: from all meters to a day, a month, the day before', async () => {
    const page = await open('/')
    await tabTo(page, `a[href="/meter/${HEAT}"]`)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/day/2026-11-26')
    await tabTo(page, 'a[rel=prev]')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/day/2026-11-25')
    await page.getByText('No samples on this day').waitFor()
    await tabTo(page, '.kinds a[href$="month/2026-11"]')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/month/2026-11')
    await tabTo(page, 'th a[href$="day/2026-11-24"]')
    const outline = await page.evaluate<string>('getComputedStyle(document.activeElement).outlineWidth')
    equal(outline, '3px')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/day/2026-11-24')
  })

  it('follow what happens until somebody pauses them, and keep the keyboard where it is', async () => {
    const page = await open('/')
    const events = () => browser.requests.filter((url) => url.includes('/live')).length
    await until(() => events() === 1, 'the page listens')
    await page.locator(`a[href="/meter/${HEAT}"]`).focus()
    const cell = page.locator('tr', { hasText: 'Elm Street 7' }).locator('[data-label^=Samples]')
    const before = await cell.innerText()
    const add = async (i: number) => {
      const now = new Date(Date.now() - 30_000 + i * 1000).toISOString().slice(0, 19)
      await served.store.write([arrival(HEAT, 'sample', `${now}Z`, 't1=70.123 C&t2=40.00 C&effect1=5.1 kW&')])
    }
    await until(async () => {
      await served.clock.run(3_000)
      await add(0)
      await served.clock.run(3_000)
      return (await cell.innerText()) !== before
    }, 'the new sample')
    equal(await page.evaluate('document.activeElement.getAttribute("href")'), `/meter/${HEAT}`)
    await page.goto(`${served.url}/meter/${HEAT}`)
    await drawn(page)
    await page.getByRole('button', { name: 'Live' }).press('Space')
    equal(await page.locator('#live').getAttribute('aria-pressed'), 'false')
    const asked = browser.requests.length
    await add(1)
    await served.clock.run(6_000)
    equal(browser.requests.length, asked)
  })

  it('read a hostile name as a name, and ask for nothing but their own files and figures', async () => {
    const page = await open('/')
    await page.getByText('"><img src=x').first().waitFor()
    equal(await page.locator('img').count(), 0)
    // It listens for what is new, whenever it likes to.
    await page.close()
    browser.requests = []
    const day = await open(PAGES[1][1])
    await drawn(day)
    deepEqual(
      browser.requests.map((url) => new URL(url).pathname).filter((path) => !path.startsWith('/assets/')),
      [PAGES[1][1], `${PAGES[1][1]}.csv`],
    )
  })

  it('have all their figures without JavaScript, and without motion', async () => {
    const page = await open(PAGES[1][1], { javaScriptEnabled: false })
    equal((await page.locator('tbody tr').count()) >= 24, true)
    equal(await page.locator('figure.chart').first().isVisible(), false)
    notEqual(await page.locator('dl.sums').innerText(), '')
    const moving = await open(PAGES[0][1], { reducedMotion: 'reduce' })
    deepEqual(await moving.evaluate('document.getAnimations().length'), 0)
  })
})
