import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BrowserContextOptions } from 'playwright-core'
import { House } from '../../bench/support/house.js'
import type { Arrival } from '../../bridge/store/store.js'
import { KeyRegister } from '../../tools/key-register.js'
import { launchChromium } from '../support/chromium.js'
import { serveStore, waterMinutes, writeAll } from '../support/web.js'

/** `npx tsx hosttest/bridge/web-screenshots.ts [FOLDER]`: pages of the bridge to docs/bridge. Needs Debian's pngquant. */
const FOLDER = process.argv[2] ?? fileURLToPath(new URL('../../docs/bridge', import.meta.url))

const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 } }
const SMALL: BrowserContextOptions = { viewport: { width: 320, height: 640 } }
const DESKTOP: BrowserContextOptions = { viewport: { width: 1000, height: 1160 } }
const DARK: BrowserContextOptions = { colorScheme: 'dark' }

const DAY = 86_400
const today = Math.floor(Date.now() / 1000 / DAY) * DAY
const DEVICES = [
  { serial: '7000001', name: 'Elm Street 7', kind: 'heat' },
  { serial: '7000002', name: 'Elm Street 9', kind: 'heat' },
  { serial: '7000003', name: 'School', kind: 'heat' },
  { serial: '75000003', name: 'Cellar, water', kind: 'water' },
  { serial: '7000005', name: 'Elm Street 11', kind: 'heat' },
] as const
const key = new Uint8Array(16)
const register = new KeyRegister(DEVICES.map((device) => ({ ...device, key, group: undefined })))

/** Thirty-five days until now. The last whole day has a gap, and an hour and a half came late. */
function minutes(serial: string, last: number): Arrival[] {
  const house = new House(serial)
  const all: Arrival[] = []
  for (let time = today - 35 * DAY; time < last; time += 60) {
    const arrival = house.at(time)
    const hour = (time - today + DAY) / 3600
    if (hour > 2.2 && hour < 3.6) continue
    all.push(hour > 9 && hour < 10.5 ? { ...arrival, receivedAt: (today - DAY + 11 * 3600) * 1000 } : arrival)
  }
  return all
}

const database = mkdtempSync(join(tmpdir(), 'meterlogger-screenshots-'))
const served = await serveStore(`file:${database}`, { register })
const now = Math.floor(Date.now() / 1000)
await writeAll(served.store, minutes('7000001', now))
for (const [serial, ago] of [
  ['7000002', 20],
  ['7000003', 7200],
] as const)
  await writeAll(served.store, minutes(serial, now - ago).slice(-1500))
await writeAll(served.store, waterMinutes('75000003', new Date((now - DAY) * 1000).toISOString(), 1440))
for (const [i, { serial }] of DEVICES.slice(0, 4).entries()) {
  const told = (kind: string, text: string) => ({
    serial,
    kind,
    time: now - (i === 2 ? 7200 : 30),
    text,
    receivedAt: now * 1000,
  })
  const version = `0.1.0-esp32-${i === 3 ? 'FLOWIQ' : 'KMP-THERMO_NC'}`
  await served.store.write([
    told('version', version),
    told('rssi', String(-52 - 7 * i)),
    ...(i < 3 ? [told('status', 'open')] : []),
  ])
}
const browser = await launchChromium()
mkdirSync(FOLDER, { recursive: true })

async function shoot(name: string, path: string, options: BrowserContextOptions, fullPage: boolean, read?: string) {
  const context = await browser.newContext({ locale: 'en-GB', ...options })
  const page = await context.newPage()
  await page.goto(served.url + path)
  if (path !== '/') await page.locator('figure.chart canvas').last().waitFor()
  if (read !== undefined) {
    await page.getByRole('slider', { name: read }).focus()
    for (let i = 0; i < 13; i++) await page.keyboard.press('PageDown')
  }
  const file = join(FOLDER, `${name}.png`)
  await page.screenshot({ path: file, fullPage })
  await context.close()
  const { error } = spawnSync('pngquant', ['--force', '--strip', '--ext', '.png', '64', file], { stdio: 'inherit' })
  if (error !== undefined) throw error
}

const yesterday = new Date((today - DAY) * 1000).toISOString().slice(0, 10)
await shoot('day', `/meter/7000001/day/${yesterday}`, DESKTOP, false)
await shoot('month-phone-dark', `/meter/7000001/month/${yesterday.slice(0, 7)}`, { ...PHONE, ...DARK }, false)
await shoot('meters-phone', '/', PHONE, false)
if (process.argv[2] !== undefined) {
  await shoot('all-desktop', '/', DESKTOP, true)
  await shoot('all-desktop-dark', '/', { ...DESKTOP, ...DARK }, true)
  await shoot('all-320-dark', '/', { ...SMALL, ...DARK }, true)
  await shoot('day-phone', `/meter/7000001/day/${yesterday}`, PHONE, true)
  await shoot('day-320-dark', `/meter/7000001/day/${yesterday}`, { ...SMALL, ...DARK }, true)
  await shoot('day-desktop-dark', `/meter/7000001/day/${yesterday}`, { ...DESKTOP, ...DARK }, true, 'Temperatures')
  await shoot('year-desktop', `/meter/7000001/year/${yesterday.slice(0, 4)}`, DESKTOP, true)
  await shoot('year-320', `/meter/7000001/year/${yesterday.slice(0, 4)}`, SMALL, true)
  await shoot('water-phone-dark', `/meter/75000003/day/${yesterday}`, { ...PHONE, ...DARK }, true)
  await shoot('water-desktop', `/meter/75000003/day/${yesterday}`, DESKTOP, true)
}
await browser.close()
await served.close()
rmSync(database, { recursive: true })
