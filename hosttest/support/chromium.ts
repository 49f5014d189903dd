import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'

const PATH = '/usr/bin/chromium'

/** Why there is no browser here; undefined when there is one. */
export function missingChromium(): string | undefined {
  return existsSync(PATH) ? undefined : 'chromium is not installed'
}

/** Headless, with a fresh profile, and nothing of its own to say to the outside. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: PATH,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-lcd-text',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** Presses Tab until the element is in focus. */
export async function tabTo(page: Page, selector: string): Promise<void> {
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab')
    if (await page.evaluate<boolean>(`document.activeElement.matches('${selector}')`)) return
  }
  throw new Error(`${selector} is not reached by keyboard`)
}
