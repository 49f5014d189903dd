// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { siteFiles } from '../../site/files.js'
import { EXAMPLES } from '../../site/tools/examples.js'
import { tabTo } from '../support/chromium.js'
import { dealt } from '../support/parts.js'
import { until } from '../support/until.js'
import { checkAccessible, WatchedBrowser } from '../support/watched-browser.js'
import { zip } from '../support/zip.js'
import { serveSite } from './served-site.js'

/** A telegram whose header the solver does not find soon. */
const HARD =
  '3F442D2C7856341235048D2001100000208EAD79EB470F0F048C01005D810200752A010052850100D8670300B21B2C0E50000000200000004900000000000000'

describe('the tools and the documents in Chromium', () => {
  const browser = new WatchedBrowser()
  let site: Awaited<ReturnType<typeof serveSite>>

  before(async () => {
    site = await serveSite(await siteFiles())
  })

  after(() => site?.close())

  const open = (path: string, options: BrowserContextOptions = {}) => browser.open(site.url + path, options)

  /** The paths that were asked for. */
  const asked = () => browser.requests.map((url) => new URL(url).pathname)

  const tool = (page: Page, name: string) => page.locator(`#${name}`)

  it('decode what is typed, and keep no key anywhere', async () => {
    const page = await open('tools.html')
    deepEqual(asked().sort(), ['/style.css', '/tools.html', '/tools.js'])
    const wmbus = tool(page, 'wmbus')
    const { text, key, id } = EXAMPLES.flowiq!.fields
    await wmbus.getByLabel('Telegrams').fill(text!)
    await wmbus.getByLabel('Number of the meter').fill(id!)
    await wmbus.getByLabel('Key of the meter').fill(key!)
    await wmbus.getByLabel('Key of the meter').press('Enter')
    await wmbus.getByText('4 answers.').waitFor()
    match(await wmbus.locator('table').first().innerText(), /total_m3\s+8\.915\s+m³/)
    await wmbus.getByText('What the command line prints').click()
    match(await wmbus.locator('pre').innerText(), /^\{"result":"ok".*"total_m3":8\.915/)
    deepEqual(
      await page.evaluate(
        '[localStorage.length, sessionStorage.length, document.cookie, location.hash, location.search]',
      ),
      [0, 0, '', '', ''],
    )
    deepEqual(asked().slice(3), ['/tools-worker.js'])
    equal(await page.evaluate('indexedDB.databases().then((all) => all.length)'), 0)
    await page.getByRole('link', { name: 'Documentation' }).click()
    await page.waitForURL('**/docs/index.html')
    await page.goBack()
    equal(await wmbus.getByLabel('Key of the meter').inputValue(), '')
    equal(await wmbus.locator('table').count(), 0)
  })

  it('open a KEM file out of its container, and say what is wrong', async () => {
    const page = await open('tools.html#kem')
    const kem = tool(page, 'kem')
    await kem.getByLabel('Password').fill('another')
    await kem.getByRole('button', { name: 'Open' }).click()
    await kem.getByText('Choose a file first.').waitFor()
    const data = Buffer.from(EXAMPLES.kem!.fields.file!)
    const file = { name: 'order.zip', mimeType: '', buffer: zip([{ name: 'order.kem', data }]) }
    await kem.getByLabel('File').setInputFiles(file)
    await kem.getByRole('button', { name: 'Open' }).click()
    await kem.getByRole('alert').getByText('wrong password').waitFor()
    await kem.getByLabel('Password').fill('simulated')
    await kem.getByRole('button', { name: 'Open' }).click()
    await kem.getByText('44E9112D06BD762EC2BFECE57E487C9B').first().waitFor()
    equal(await kem.getByRole('alert').count(), 0)
  })

  it('solve in a worker, tell how far it is, and end when they are told to', async () => {
    const page = await open('tools.html#example=solve')
    const solve = tool(page, 'solve')
    await solve.getByText('02ff200413441391015b8101e7ff0f').first().waitFor()
    await solve.getByLabel('Telegrams of the meter').fill(HARD)
    await solve.getByLabel('Number of the meter').fill('12345678')
    await solve.getByRole('button', { name: 'Solve' }).click()
    await solve.getByText(/% of the time, headers of up to \d+ bits/).waitFor()
    await solve.getByRole('button', { name: 'Cancel' }).click()
    await solve.getByText('Ended.').waitFor()
    // The next job finds a worker of its own.
    await tool(page, 'kmp')
      .getByRole('button', { name: /^Example/ })
      .click()
    await tool(page, 'kmp').getByText('51.76').first().waitFor()
  })

  it('show each byte of a sealed message', async () => {
    const page = await open('tools.html#example=open')
    const message = tool(page, 'open')
    await message.locator('.bytes.tag').waitFor()
    match(await message.locator('.topic').innerText(), /\/status[\s\S]*\/9999999/)
    match(await message.locator('.bytes.clear').innerText(), /Opened\s+open/)
  })

  it('find documents by keyboard, and lead from one to the playground', async () => {
    const page = await open('docs/index.html')
    equal(asked().includes('/search-index.js'), false)
    await page.keyboard.press('/')
    await page.keyboard.type('half-open broker')
    await page.locator('#found a').first().waitFor()
    await page.keyboard.press('ArrowDown')
    equal(await page.evaluate('document.activeElement === document.querySelector("#found a")'), true)
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/docs/faults.html#*')
    await tabTo(page, 'a.try[href*="half-open"]', 120)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/index.html#speed=100&fault=broker+half-open')
    const fault = page.getByRole('switch', { name: 'broker half-open' })
    await until(async () => (await fault.getAttribute('aria-checked')) === 'true', 'the fault')
  })

  it('show pieces of the playground and of the tools in a document, and end them', async () => {
    const page = await open('docs/protocol/sealing.html')
    await page.getByRole('button', { name: 'Show it here: Sealed messages as they travel' }).click()
    const played = page.frameLocator('iframe[title="Sealed messages as they travel"]')
    await played.locator('#message-list li').first().waitFor()
    deepEqual(
      [await played.locator('#charts').isVisible(), await played.getByRole('navigation').first().isVisible()],
      [false, false],
    )
    await page.getByRole('button', { name: 'Show it here: A message, byte by byte' }).click()
    const tool = page.frameLocator('iframe[title="A message, byte by byte"]')
    match(await tool.locator('.bytes.clear').innerText(), /Opened\s+open/)
    equal(await tool.locator('#kmp').isVisible(), false)
    await checkAccessible(page, { exclude: ['.wide-table', '.frame'] })
    await page.getByRole('button', { name: 'Close it: Sealed messages as they travel' }).click()
    equal(await page.locator('iframe').count(), 1)
    await tool.getByRole('link', { name: 'What the bytes are' }).click()
    await page.waitForURL('**/sealing.html')
    await page.locator('iframe').waitFor({ state: 'detached' })
  })

  const PAGES: readonly [name: string, path: string, prepare: (page: Page) => Promise<unknown>][] = [
    ['the tools with an answer', 'tools.html#example=kmp', (page) => page.locator('.answer table').first().waitFor()],
    [
      'the contents while they are searched',
      'docs/index.html',
      async (page) => {
        await page.locator('#search').fill('valve')
        await page.locator('#found li').first().waitFor()
      },
    ],
    ['a document', 'docs/faults.html', () => Promise.resolve()],
  ]

  const { items, name: part } = dealt(PAGES, 3)
  for (const [name, path, prepare] of items)
    it(`have nothing for an accessibility checker to find, and 320 px are enough: ${name}, ${part}`, async () => {
      const page = await open(path)
      await prepare(page)
      await page.emulateMedia({ colorScheme: 'dark' })
      await checkAccessible(page)
      await page.emulateMedia({ colorScheme: 'light' })
      await page.setViewportSize({ width: 320, height: 640 })
      // What is moved out of sight in a frame has no contrast that can be judged.
      await checkAccessible(page, { exclude: ['.wide-table'] })
    })

  it('show their pictures', async () => {
    const page = await open('README.html')
    await page.evaluate("for (const image of document.images) image.loading = 'eager'")
    await until(() => page.evaluate<boolean>('[...document.images].every((image) => image.complete)'), 'the pictures')
    const widths = await page.evaluate<number[]>('[...document.images].map((image) => image.naturalWidth)')
    ok(widths.length > 3 && widths.every((width) => width > 0), widths.join())
  })
})
