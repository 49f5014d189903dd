import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContextOptions, Page } from 'playwright-core'
import type { UpdateState } from '../../modules/portal/update-device.js'
import { launchChromium } from '../support/chromium.js'
import { FakeDevice, IMPULSE, WATER_METER } from '../support/portal.js'
import { type ServedPortal, servePortal } from '../support/portal-host.js'

/**
 * `npx tsx hosttest/portal/contact-sheets.ts FOLDER`: all pages of the portal on a phone and on a desktop, in both languages,
 * light and dark, as sheets to be looked at. Needs ImageMagick.
 */
const FOLDER = process.argv[2] ?? 'build/portal'

const SCREENS = { phone: { width: 390, height: 844 }, desktop: { width: 1024, height: 700 } }
const COLUMNS = { phone: 7, desktop: 4 }
const LOCALES = { english: 'en-GB', danish: 'da-DK' }
const SCHEMES = ['light', 'dark'] as const

const IDLE: UpdateState = { at: 'idle', version: '', percent: 0, reason: '' }

interface World {
  readonly device: FakeDevice
  readonly update: { progress: UpdateState; upload(): undefined }
  readonly page: Page
  /** Opens a page, after something was changed if need be. */
  to(path: string, what?: object, changes?: object): Promise<unknown>
  /** Types a network and its password, and sends the form. */
  connect(): Promise<void>
}

type Scene = readonly [name: string, play: (world: World) => Promise<unknown> | unknown]

const SCENES: readonly Scene[] = [
  ['set-up', ({ to }) => to('/')],
  ['set-up without a key, TLS', ({ device, to }) => to('/', device.now, { key: 'missing', hasTls: true })],
  [
    'set-up, wrong',
    async ({ to, page }) => {
      await to('/')
      await page.locator('#mqtthost').fill('not a name')
      await page.locator('main button').click()
      await page.getByRole('alert').waitFor()
    },
  ],
  ['joining', ({ connect }) => connect()],
  [
    'calling',
    async ({ connect, device, page }) => {
      await connect()
      device.tell('calling')
      await page.waitForTimeout(1_500)
    },
  ],
  [
    'wrong password',
    async ({ connect, device, page }) => {
      await connect()
      device.tell('wrong-password', '4way_handshake_timeout')
      await page.getByRole('alert').waitFor()
    },
  ],
  [
    'no network',
    async ({ connect, device, page }) => {
      await connect()
      device.tell('not-found', 'no_ap_found')
      await page.getByRole('alert').waitFor()
    },
  ],
  [
    'no broker',
    async ({ connect, device, page }) => {
      await connect()
      device.tell('no-broker')
      await page.getByRole('alert').waitFor()
    },
  ],
  [
    'connected',
    async ({ connect, device, page }) => {
      await connect()
      device.tell('connected')
      await page.waitForTimeout(1_500)
    },
  ],
  ['meter', ({ to }) => to('/meter')],
  ['impulses', ({ device, to }) => to('/', device.now, IMPULSE)],
  ['water', ({ to }) => to('/water')],
  ['access', ({ to }) => to('/access')],
  ['flash', ({ device, to }) => to('/access', device, { flashNow: { settings: 'refuses', journal: 'full' } })],
  ['device', ({ to }) => to('/device')],
  [
    'updating',
    ({ update, to }) =>
      to('/device', update, { progress: { at: 'fetching', version: '0.2.0', percent: 40, reason: '' } }),
  ],
  [
    'update failed',
    ({ update, to }) => to('/device', update, { progress: { ...IDLE, reason: 'the broker was not reached' } }),
  ],
  ['reset?', ({ to }) => to('/device?reset=1')],
  ['diagnosis', ({ to }) => to('/diagnosis')],
  ['not found', ({ to }) => to('/nowhere')],
]

const browser = await launchChromium()
mkdirSync(FOLDER, { recursive: true })
for (const [screen, viewport] of Object.entries(SCREENS))
  for (const [language, locale] of Object.entries(LOCALES))
    for (const colorScheme of SCHEMES) {
      const files: string[] = []
      for (const scene of SCENES) files.push(await shoot(scene, { viewport, locale, colorScheme }, files.length))
      const sheet = join(FOLDER, `${screen}-${language}-${colorScheme}.png`)
      const tile = `${COLUMNS[screen as keyof typeof COLUMNS]}x`
      const look = ['-tile', tile, '-geometry', '+8+8', '-gravity', 'north', '-background', 'gray']
      const made = spawnSync('montage', [...files, ...look, sheet], { stdio: 'inherit' })
      if (made.error !== undefined) throw made.error
      console.log(`${sheet}: ${SCENES.map(([name]) => name).join(', ')}`)
    }
await browser.close()

/** @returns the picture's file */
async function shoot([, play]: Scene, options: BrowserContextOptions, place: number): Promise<string> {
  const device = new FakeDevice()
  device.now.waterMeters = [
    { ...WATER_METER, id: '74493770' },
    { ...WATER_METER, id: '74493771', total: undefined, age: undefined, key: 'wrong' },
    { ...WATER_METER, id: '74493772', total: '112.4 m³', age: 4000, doubt: 'clock' },
  ]
  const update = { progress: IDLE, upload: () => undefined }
  const portal: ServedPortal = await servePortal(device, 'KAM_7654321', update)
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const to = (path: string, what: object = {}, changes: object = {}) => {
    Object.assign(what, changes)
    return page.goto(portal.url + path)
  }
  const connect = async () => {
    await to('/')
    await page.locator('input[value=Hjemme]').check()
    await page.locator('#passwd').fill('12345678')
    await page.locator('main button').click()
    await page.waitForURL('**/setting_up.html')
  }
  await play({ device, update, page, to, connect })
  // The script is the page's last word.
  await page.waitForLoadState()
  const file = join(FOLDER, `${place}.png`)
  await page.screenshot({ path: file, fullPage: true })
  await context.close()
  portal.close()
  return file
}
