// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { NVS_OFFSET, NVS_SIZE } from '../../image/provision.js'
import { ProvisionStore } from '../../modules/storage/provision.js'
import { flashFiles } from '../../site/flash/file.js'
import { launchChromium, missingChromium, openPage, tabTo } from '../support/chromium.js'
import { needs } from '../support/needs.js'
import { NvsReader } from '../support/nvs-reader.js'
import { dealt } from '../support/parts.js'
import { checkAccessible } from '../support/watched-browser.js'
import { buildFiles } from './build-files.js'
import { SimulatedBoard } from './rom/board.js'
import { bridgePort } from './rom/page-port.js'
import { Op } from './rom/protocol.js'

describe('the page that flashes, in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-flash-'))
  const path = join(folder, 'flash.html')
  const files = buildFiles({ size: 30_000 }).map(({ name, bytes }) => ({
    name,
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(bytes),
  }))
  let browser: Browser
  let text: string
  /** Whatever a browser complains of or prints, and what it asks for. */
  let printed: string[]
  let requests: string[]

  before(async function () {
    needs(this, missingChromium())
    text = (await flashFiles())[0]![1]
    writeFileSync(path, text)
    browser = await launchChromium()
  })

  after(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true })
  })

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close()
    deepEqual(printed, [])
    deepEqual(requests, [pathToFileURL(path).href])
  })

  /** @param script runs in the page before its own */
  async function open(board?: SimulatedBoard, options: BrowserContextOptions = {}, script = '') {
    printed = []
    requests = []
    const page = await openPage(browser, options)
    page.on('pageerror', (error) => printed.push(String(error)))
    page.on('console', (message) => printed.push(message.text()))
    page.on('request', (request) => requests.push(request.url()))
    const port = board === undefined ? undefined : await bridgePort(page, board)
    await page.addInitScript(script)
    await page.goto(pathToFileURL(path).href)
    return { page, port: port! }
  }

  const start = (page: Page) => page.getByRole('button', { name: 'Choose the port and write' })

  it('writes firmware and set-up to a board, by keyboard, and shows what it says', async () => {
    const board = new SimulatedBoard()
    const { page } = await open(board)
    await page.locator('#files').setInputFiles(files)
    await page.getByText('program 0.2.0 for ESP32, devkit').waitFor()
    await tabTo(page, '#make-key')
    await page.keyboard.press('Enter')
    const key = await page.locator('#key').inputValue()
    match(key, /^[0-9a-f]{32}$/)
    await tabTo(page, '#serial')
    await page.keyboard.type('7000 001')
    equal(await page.locator('#register').inputValue(), `7000001,${key}`)
    await tabTo(page, '#ssid')
    await page.keyboard.type('cellar')
    await tabTo(page, '#start')
    await page.keyboard.press('Enter')
    await page.getByText('Written, and compared with what is in the flash').waitFor()
    await page.getByText('serial 7000001, a key').waitFor()
    for (const [at, { buffer }] of [
      [0x8000, files[1]!],
      [0x10000, files[2]!],
    ] as const)
      ok(buffer.equals(board.flash.bytes.subarray(at, at + buffer.length)))
    const nvs = board.flash.bytes.subarray(NVS_OFFSET, NVS_OFFSET + NVS_SIZE)
    equal(new ProvisionStore(new NvsReader(nvs).storage('meterlogger')).values.key, key)
    await page.getByRole('button', { name: 'Stop watching' }).click()
    await page.getByRole('button', { name: 'Watch', exact: true }).waitFor()
    // Nothing of it is kept, and nobody is asked.
    deepEqual(
      await page.evaluate(
        '[localStorage.length, sessionStorage.length, document.cookie, location.href, history.length]',
      ),
      [0, 0, '', pathToFileURL(path).href, await page.evaluate('history.length')],
    )
    equal(await page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'reached', () => 'forbidden')"), 'forbidden')
    ok(!printed.some((line) => line.includes(key)))
    printed = printed.filter((line) => !line.includes('127.0.0.1:9'))
  })

  it('says when the cable came out, and starts again', async () => {
    const board = new SimulatedBoard()
    const { page, port } = await open(board)
    await page.locator('#with-setup').uncheck()
    await page.locator('#files').setInputFiles(files)
    await page.getByText('program 0.2.0').waitFor()
    board.onCommand = (op) => {
      if (op !== Op.DeflData) return true
      port.unplug()
      return false
    }
    await start(page).click()
    await page.getByRole('alert').getByText('The cable came out while the board was written').waitFor()
    board.onCommand = () => true
    port.plugIn()
    await start(page).click()
    await page.getByText('serial none, no key yet').waitFor()
    equal(await page.locator('#problem').isVisible(), false)
  })

  it('asks before it erases readings', async () => {
    const board = new SimulatedBoard()
    board.flash.bytes.fill(7, 0x340000)
    const { page } = await open(board)
    await page.locator('#with-setup').uncheck()
    await page.locator('#with-erase').check()
    await page.locator('#files').setInputFiles(files)
    await page.getByText('program 0.2.0').waitFor()
    await start(page).click()
    const question = page.getByRole('dialog', { name: 'Erase the readings?' })
    await question.waitFor()
    equal(await page.evaluate('document.activeElement.id'), 'keep')
    await page.keyboard.press('Enter')
    equal(await question.isVisible(), false)
    deepEqual([board.loader, board.flash.bytes[0x340000]], [undefined, 7])
    await start(page).click()
    await question.getByRole('button', { name: 'Erase them' }).click()
    await page.getByText('Written, and compared').waitFor()
    ok(board.flash.bytes.subarray(0x340000).every((byte) => byte === 0xff))
  })

  it('says what is wrong where it is wrong, and chooses no port before', async () => {
    const { page } = await open(new SimulatedBoard())
    await start(page).click()
    await page.getByText('The boot loader is missing').waitFor()
    await page.getByText('Make a key, or paste').waitFor()
    await page
      .locator('#files')
      .setInputFiles([...files, { ...files[0]!, name: 'x.bin', buffer: Buffer.from('hello') }])
    await page.getByText('x.bin: no boot loader, partition table or program').waitFor()
    await page.locator('#board').selectOption('esp32:daughterboard')
    await page.locator('#files').setInputFiles(files)
    await page.getByText('you chose daughterboard').waitFor()
    await page.locator('#with-firmware').uncheck()
    await page.locator('#with-setup').uncheck()
    await start(page).click()
    await page.getByText('Choose what is to be written').waitFor()
    equal(await page.locator('#with-erase').isEnabled(), false)
  })

  it('says so where no port is chosen', async () => {
    const { page, port } = await open(new SimulatedBoard())
    port.choose = false
    await page.getByRole('button', { name: 'Watch' }).click()
    await page.getByText('No port was chosen').waitFor()
  })

  it('says so where the browser has no Web Serial, and makes keys and labels there, too', async () => {
    const script = "Object.defineProperty(Navigator.prototype, 'serial', { value: undefined })"
    const { page } = await open(undefined, {}, script)
    await page.getByRole('alert').getByText('This browser has no Web Serial').waitFor()
    equal(await start(page).isEnabled(), false)
    await page.getByRole('button', { name: 'Make a key' }).click()
    await page.locator('#serial').fill('7000001')
    equal(await page.locator('#print').isEnabled(), true)
  })

  it('prints the label that meterlogger label makes', async () => {
    const { page } = await open()
    await page.evaluate("window.print = () => { window.printedSheet = document.querySelector('#sheet').innerHTML }")
    equal(await page.locator('#print').isEnabled(), false)
    await page.locator('#key').fill('00112233445566778899aabbccddeeff')
    await page.locator('#serial').fill('12345')
    await page.locator('#kind').selectOption('electricity')
    await page.locator('#print').click()
    const sheet = await page.evaluate<string>('window.printedSheet')
    match(sheet, />0012345<.*>EL_0012345<.*>0011223344556677</)
    await page.emulateMedia({ media: 'print' })
    deepEqual(
      await page.evaluate(
        "[...document.querySelectorAll('main > *, main form')].filter((e) => e.offsetParent !== null).map((e) => e.id)",
      ),
      ['label-panel'],
    )
    await page.evaluate('scrollTo(0, 0)')
    const box = (await page.locator('#sheet svg').first().boundingBox())!
    // 210 x 297 mm, at the corner of the page.
    deepEqual([box.x, box.y, Math.round(box.width), Math.round(box.height)], [0, 0, 794, 1123])
    await page.evaluate("dispatchEvent(new Event('afterprint'))")
    equal(await page.locator('#sheet svg').count(), 0)
  })

  const STATES: readonly [name: string, prepare: (page: Page) => Promise<unknown>][] = [
    ['as it opens', async () => {}],
    [
      'with everything wrong',
      async (page) => {
        await page.locator('#more summary').click()
        await page.locator('#user').fill('me')
        await page.locator('#files').setInputFiles({ ...files[0]!, buffer: Buffer.from('hello') })
        await start(page).click()
        await page.getByText('They are of which broker?').waitFor()
      },
    ],
    [
      'with its question',
      async (page) => {
        await page.locator('#with-setup').uncheck()
        await page.locator('#with-erase').check()
        await page.locator('#files').setInputFiles(files)
        await page.getByText('program 0.2.0').waitFor()
        await start(page).click()
        await page.getByRole('dialog').waitFor()
      },
    ],
    [
      'after it has written',
      async (page) => {
        await page.locator('#with-setup').uncheck()
        await page.locator('#files').setInputFiles(files)
        await page.getByText('program 0.2.0').waitFor()
        await start(page).click()
        await page.getByText('no key yet').waitFor()
      },
    ],
  ]
  const { items, name: part } = dealt(STATES, 2)
  for (const [name, prepare] of items)
    it(`has nothing for an accessibility checker to find, and 320 px are enough: ${name}, ${part}`, async () => {
      const { page } = await open(new SimulatedBoard(), { viewport: { width: 320, height: 640 } })
      await prepare(page)
      for (const [width, colorScheme] of [
        [320, 'light'],
        [320, 'dark'],
        [1200, 'light'],
      ] as const) {
        await page.setViewportSize({ width, height: 800 })
        await page.emulateMedia({ colorScheme })
        await checkAccessible(page)
      }
    })
})
