import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

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
