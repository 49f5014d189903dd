import { deepEqual, ok } from 'node:assert/strict'
import axe, { type AxeResults } from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { launchChromium, missingChromium, openPage } from './chromium.js'
import { needs } from './needs.js'

/** Chromium for the tests of a suite. A test fails where one of its pages complains of something. */
export class WatchedBrowser {
  /** What the pages of this test complain of, and what they ask for. */
  complaints: string[] = []
  requests: string[] = []
  #browser: Browser | undefined
  #isHarmless: (complaint: string) => boolean

  /** Call it in `describe`, before the hooks of the suite itself. @param isHarmless whether a complaint is none */
  constructor(isHarmless: (complaint: string) => boolean = () => false) {
    this.#isHarmless = isHarmless
    const self = this
    before(async function () {
      needs(this, missingChromium())
      self.#browser = await launchChromium()
    })
    after(() => self.#browser?.close())
    beforeEach(() => {
      self.complaints = []
      self.requests = []
    })
    afterEach(async () => {
      for (const context of self.#browser?.contexts() ?? []) await context.close()
      deepEqual(self.complaints, [])
    })
  }

  /** Opens an address in a new context. */
  async open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await openPage(this.#browser!, options)
    const complain = (text: string) => this.#isHarmless(text) || this.complaints.push(text)
    page.on('pageerror', (error) => complain(String(error)))
    page.on('console', (message) => message.type() === 'error' && complain(message.text()))
    page.on('dialog', (dialog) => complain(dialog.message()))
    page.on('request', (request) => this.requests.push(request.url()))
    await page.goto(url)
    return page
  }
}

/** Nothing is found by the checker, and the page is no wider than its window. @param context what axe looks at, as JSON */
export async function checkAccessible(page: Page, context: object = {}): Promise<void> {
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(axe.source)
  const { violations, incomplete, passes } = await page.evaluate<AxeResults>(`axe.run(${JSON.stringify(context)})`)
  const found = (results: AxeResults['violations']) =>
    results.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])
  deepEqual(found(violations), [])
  deepEqual(found(incomplete), [])
  ok(passes.length > 15, `${passes.length} checks`)
  const wide = await page.evaluate<number>('document.scrollingElement.scrollWidth')
  ok(wide <= page.viewportSize()!.width, `${wide} px wide`)
}
