import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const PATH = '/usr/bin/chromium'

/** Shorter than the test's own limit, so that the error names what the test waited for. */
const SAFETY_NET = 300_000

/** Says why this computer has no browser; undefined when it has one. */
export function missingChromium(): string | undefined {
  return existsSync(PATH) ? undefined : 'chromium is not installed'
}

/** Headless, with a fresh profile, and nothing of its own to say to the outside. @param more of its options */
export function launchChromium(...more: readonly string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: PATH,
    timeout: SAFETY_NET,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-lcd-text',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  })
}

/** Opens a page in a new context, in English. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-GB', ...options })
  context.setDefaultTimeout(SAFETY_NET)
  return context.newPage()
}

/** Presses Tab until the element is in focus, so many times at most. */
export async function tabTo(page: Page, selector: string, most = 40): Promise<void> {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab')
    if (await page.evaluate<boolean>(`document.activeElement.matches('${selector}')`)) return
  }
  throw new Error(`${selector} is not reached by keyboard`)
}
