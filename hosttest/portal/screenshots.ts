import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BrowserContextOptions, Page } from 'playwright-core'
import type { UpdateState } from '../../modules/portal/update-device.js'
import { launchChromium } from '../support/chromium.js'
import { FakeDevice, IMPULSE, WATER_METER } from '../support/portal.js'
import { servePortal } from '../support/portal-host.js'

/** `npx tsx hosttest/portal/screenshots.ts`: every page of the portal to docs/portal. Needs Debian's pngquant. */
const FOLDER = fileURLToPath(new URL('../../docs/portal', import.meta.url))

const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 } }
const SMALL: BrowserContextOptions = { viewport: { width: 320, height: 568 } }
const DESKTOP: BrowserContextOptions = { viewport: { width: 1024, height: 700 } }
const DARK: BrowserContextOptions = { colorScheme: 'dark' }
const DANISH: BrowserContextOptions = { locale: 'da-DK' }

const device = new FakeDevice()
device.now.waterMeters = [
  { ...WATER_METER, id: '74493770' },
  { ...WATER_METER, id: '74493771', total: undefined, age: undefined, key: 'wrong' },
  { ...WATER_METER, id: '74493772', total: '112.4 m³', age: 4000, doubt: 'clock' },
]
const update = {
  progress: { at: 'idle', version: '', percent: 0, reason: '' } as UpdateState,
  upload: () => undefined,
}
let portal = await servePortal(device, 'KAM_7654321', update)
const browser = await launchChromium()
mkdirSync(FOLDER, { recursive: true })

async function shoot(name: string, options: BrowserContextOptions, prepare: (page: Page) => Promise<unknown>) {
  const context = await browser.newContext({ locale: 'en-GB', ...options })
  const page = await context.newPage()
  await prepare(page)
  const path = join(FOLDER, `${name}.png`)
  await page.screenshot({ path, fullPage: true })
  await context.close()
  const { error } = spawnSync('pngquant', ['--force', '--strip', '--ext', '.png', '16', path], { stdio: 'inherit' })
  if (error !== undefined) throw error
}

function at(path: string): (page: Page) => Promise<unknown> {
  return (page) => page.goto(portal.url + path)
}

async function connect(page: Page): Promise<void> {
  await page.goto(portal.url)
  await page.locator('input[value=Hjemme]').check()
  await page.locator('#passwd').fill('12345678')
  await page.locator('main button').click()
  await page.waitForURL('**/setting_up.html')
}

await shoot('setup-phone', PHONE, at('/'))
await shoot('setup-phone-dark', { ...PHONE, ...DARK, ...DANISH }, at('/'))
await shoot('setup-320', SMALL, at('/'))
device.now.key = 'missing'
await shoot('key-320', SMALL, at('/'))
await shoot('key-320-danish', { ...SMALL, ...DANISH }, at('/'))
device.now.key = 'own'
await shoot('setup-desktop', DESKTOP, at('/'))
await shoot('errors-phone', PHONE, async (page) => {
  await page.goto(portal.url)
  await page.locator('#mqtthost').fill('not a name')
  await page.locator('main button').click()
  await page.getByRole('alert').waitFor()
})
await shoot('trying-phone', PHONE, connect)
await shoot('wrong-password-phone', PHONE, async (page) => {
  await connect(page)
  device.tell('wrong-password', '4way_handshake_timeout')
  await page.getByRole('alert').waitFor()
})
await shoot('connected-phone', PHONE, async (page) => {
  await connect(page)
  device.tell('connected')
  await page.getByText('network is stored').waitFor()
})
device.now.hasTls = true
await shoot('tls-320-danish', { ...SMALL, ...DANISH }, at('/'))
device.now.hasTls = false
await shoot('update-phone', PHONE, at('/device'))
update.progress = { at: 'fetching', version: '0.2.0', percent: 40, reason: '' }
await shoot('updating-320-dark', { ...SMALL, ...DARK, ...DANISH }, at('/device'))
update.progress = { at: 'idle', version: '', percent: 0, reason: 'the broker was not reached' }
await shoot('update-failed-320-danish', { ...SMALL, ...DANISH }, at('/device'))
await shoot('meter-phone', PHONE, at('/meter'))
await shoot('meter-320-dark', { ...SMALL, ...DARK, ...DANISH }, at('/meter'))
await shoot('meter-desktop', DESKTOP, at('/meter'))
await shoot('water-phone', PHONE, at('/water'))
await shoot('water-desktop', DESKTOP, at('/water'))
device.flashNow = { settings: 'refuses', journal: 'full' }
await shoot('flash-phone-dark', { ...PHONE, ...DARK, ...DANISH }, at('/access'))
device.flashNow = { settings: 'works', journal: 'works' }
await shoot('access-phone', PHONE, at('/access'))
await shoot('access-desktop', DESKTOP, at('/access'))
await shoot('diagnosis-phone', PHONE, at('/diagnosis'))
await shoot('diagnosis-320-dark', { ...SMALL, ...DARK, ...DANISH }, at('/diagnosis'))
await shoot('reset-phone', PHONE, at('/device?reset=1'))
Object.assign(device.now, IMPULSE, { waterMeters: undefined })
portal.close()
portal = await servePortal(device, 'EL_7654321')
await shoot('impulse-phone', PHONE, at('/'))
await browser.close()
portal.close()
