// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import axe, { type AxeResults } from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { SCRIPT, SCRIPT_HASH } from '../../modules/portal/script.js'
import { launchChromium, missingChromium, openPage, tabTo } from '../support/chromium.js'
import { needs } from '../support/needs.js'
import { dealt } from '../support/parts.js'
import { BROKER, FakeDevice, FakeUpdate, IMPULSE, WATER_METER } from '../support/portal.js'
import { type ServedPortal, servePortal } from '../support/portal-host.js'

const PASSWORD = 'rigtig-kode'

describe('the script of the pages', () => {
  it('is the one their security policy allows', () => {
    equal(SCRIPT_HASH, `sha256-${createHash('sha256').update(SCRIPT).digest('base64')}`)
  })
})

describe('the portal in Chromium', () => {
  let browser: Browser
  let device: FakeDevice
  let update: FakeUpdate
  let portal: ServedPortal
  /** Whatever a browser complains of, and what it asks for. */
  let complaints: string[]
  let requests: string[]

  before(async function () {
    needs(this, missingChromium())
    browser = await launchChromium()
  })

  after(() => browser?.close())

  beforeEach(async () => {
    device = new FakeDevice()
    device.now.waterMeters = []
    update = new FakeUpdate()
    portal = await servePortal(device, 'KAM_7654321', update)
    complaints = []
    requests = []
  })

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close()
    portal.close()
    deepEqual(
      requests.filter((url) => !url.startsWith(`${portal.url}/`)),
      [],
    )
  })

  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await openPage(browser, options)
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page.on('request', (request) => requests.push(request.url()))
    return page
  }

  /** What comes of the network that was just entered. */
  async function answer(page: Page, ...result: Parameters<FakeDevice['tell']>): Promise<void> {
    await page.waitForURL('**/wifi/setting_up.html')
    device.tell(...result)
  }

  it('sends a file in pieces, over a connection that breaks, and follows the update', async () => {
    const page = await open()
    const file = Buffer.from(Array.from({ length: 3_000 }, (_, i) => (i * 7) & 0xff))
    device.now.brokerConnected = true
    await page.goto(`${portal.url}/device`)
    await page.getByLabel('Signed file').setInputFiles({ name: 'update', mimeType: '', buffer: file })
    await page.route('**/update?at=1024', (route) => route.abort(), { times: 1 })
    await page.getByRole('button', { name: 'Send and install' }).click()
    await page.getByText('Version 0.2.0 is here and being checked.').waitFor()
    equal(update.file.join(), [...file].join())
    update.progress = { at: 'idle', version: '', percent: 0, reason: 'wrong hash' }
    await page.getByRole('alert').waitFor()
    match(await page.getByRole('alert').innerText(), /wrong hash/)
    // The one that the test has broken.
    complaints = complaints.filter((text) => !text.includes('ERR_FAILED'))
  })

  it('sets a network up by keyboard alone, the wrong password first', async () => {
    const page = await open()
    await page.goto(portal.url)
    await tabTo(page, 'input[name=essid]')
    await page.keyboard.press('Space')
    await tabTo(page, '#passwd')
    await page.keyboard.type('forkert-kode')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/wifi/setting_up.html')
    match(await page.title(), /^Trying Hjemme/)
    await answer(page, 'wrong-password', '4way_handshake_timeout')
    await page.getByRole('alert').waitFor()
    match(await page.getByRole('alert').innerText(), /Hjemme: The network refused the password/)
    await tabTo(page, 'main a')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/wifi/wifi_setup.tpl#passwd')
    equal(await page.locator('input[name=essid]:checked').getAttribute('value'), 'Hjemme')
    await tabTo(page, '#show')
    await page.keyboard.press('Space')
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.type(PASSWORD)
    equal(await page.locator('#passwd').getAttribute('type'), 'text')
    await tabTo(page, 'main button')
    await page.keyboard.press('Enter')
    await answer(page, 'calling')
    device.tell('connected')
    await page.getByText('Connected. The network is stored').waitFor()
    deepEqual(device.trials, [
      { ssid: 'Hjemme', password: 'forkert-kode', ...BROKER },
      { ssid: 'Hjemme', password: PASSWORD, ...BROKER },
    ])
    deepEqual(complaints, [])
  })

  it('is set up by what a screen reader says alone, the wrong password first', async () => {
    const page = await open()
    await page.goto(portal.url)
    const says = async (...lines: readonly string[]) => {
      const heard = (await page.locator('main').ariaSnapshot()).split('\n').map((line) => line.replace(/^[ -]+/, ''))
      deepEqual(
        heard.filter((line) => !line.startsWith('/url') && !/^(text:|paragraph:?$|main)/.test(line)),
        lines,
      )
    }
    const connect = async (password: string) => {
      await page.getByRole('textbox', { name: 'Password', exact: true }).fill(password)
      await page.getByRole('button', { name: 'Connect' }).click()
      await page.getByRole('heading', { name: 'Trying Hjemme' }).waitFor()
    }
    await says(
      'heading "Wi-Fi" [level=1]',
      'paragraph: No network is set up yet. Choose one, and the device tries it at once.',
      'group "Network":',
      'radio "Hjemme strong"',
      'radio "Café Ærø fair, open"',
      'radio "Kælder weak"',
      'link "Scan again":',
      'textbox "Another network"',
      'textbox "Password"',
      'checkbox "Show the password"',
      'group "Broker":',
      'textbox "Name or address": nabovarme.meterlogger.net',
      'textbox "Port": "1883"',
      'textbox "User": esp8266',
      'textbox "Password of the broker"',
      'button "Connect"',
    )
    await page.getByRole('radio', { name: 'Hjemme' }).check()
    await connect('forkert-kode')
    const patience =
      'paragraph: This takes up to half a minute. Your phone may lose this page for a moment; it comes back by itself.'
    const trying = ['heading "Trying Hjemme" [level=1]', 'progressbar "Trying Hjemme"', patience] as const
    await says(trying[0], 'status: Joining the network …', ...trying.slice(1))
    await answer(page, 'calling')
    await page.getByRole('status').getByText('Calling').waitFor()
    await says(trying[0], 'status: On the network, with an address. Calling the broker …', ...trying.slice(1))
    device.tell('wrong-password', '4way_handshake_timeout')
    await page.getByRole('alert').waitFor()
    await says(
      'heading "Not connected" [level=1]',
      'alert: "Hjemme: The network refused the password."',
      'paragraph: Nothing of the form is stored.',
      'link "Try again":',
      'button "Save anyway, with Hjemme"',
    )
    await page.getByRole('link', { name: 'Try again' }).click()
    equal(await page.getByRole('radio', { name: 'Hjemme' }).isChecked(), true)
    await connect(PASSWORD)
    await answer(page, 'connected')
    await page.getByRole('heading', { name: 'Connected' }).waitFor()
    await says(
      'heading "Connected" [level=1]',
      'status: "Hjemme: Connected. The network is stored, and readings go to the broker."',
      'paragraph: You can leave this network now; it closes by itself.',
    )
    deepEqual(complaints, [])
  })

  it('shows where the keyboard is', async () => {
    const page = await open()
    await page.goto(portal.url)
    const seen = new Set<string>()
    for (;;) {
      await page.keyboard.press('Tab')
      const [what, outline] = await page.evaluate<[string, string]>(
        '(({ activeElement: e }) => [e === document.body ? "" : e.outerHTML, getComputedStyle(e).outlineWidth])(document)',
      )
      if (what === '' || seen.has(what)) break
      equal(outline, '3px', what)
      seen.add(what)
    }
    // Language, four pages, the networks as one stop, look again, six fields, show, connect.
    ok(seen.size >= 14, `${seen.size} stops`)
  })

  for (const javaScriptEnabled of [true, false])
    it(`loses nothing that was typed when the language changes, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
      const page = await open({ javaScriptEnabled })
      await page.goto(portal.url)
      await page.getByLabel('Another network').fill(' Skjult')
      await page.locator('#passwd').fill(PASSWORD)
      await page.locator('#mqtthost').fill('a b')
      await page.getByRole('button', { name: 'Dansk' }).click()
      await page.getByText('Et andet netværk').waitFor()
      equal(await page.getByRole('alert').count(), 0)
      await page.getByRole('button', { name: 'Forbind' }).click()
      await page.getByRole('alert').waitFor()
      await page.locator('#passwd').fill(PASSWORD)
      await page.getByRole('button', { name: 'English' }).click()
      await page.getByText('Please correct the following').waitFor()
      // The script is the page's last word.
      await page.waitForLoadState()
      const values = ['#other', '#mqtthost', '#passwd'].map((input) => page.locator(input).inputValue())
      deepEqual(await Promise.all(values), [' Skjult', 'a b', javaScriptEnabled ? PASSWORD : ''])
      await page.goto(`${portal.url}/meter`)
      equal(await page.locator('html').getAttribute('lang'), 'en')
      await page.getByRole('link', { name: 'Dansk' }).click()
      await page.goto(`${portal.url}/access`)
      equal(await page.locator('html').getAttribute('lang'), 'da')
      equal(await page.locator('#password').inputValue(), '')
      deepEqual(device.trials, [])
    })

  it('does the same without JavaScript', async () => {
    const page = await open({ javaScriptEnabled: false, locale: 'da-DK' })
    await page.goto(portal.url)
    await page.getByLabel('Hjemme').check()
    await page.getByLabel('Adgangskode', { exact: true }).fill('forkert-kode')
    await page.getByRole('button', { name: 'Forbind' }).click()
    await answer(page, 'wrong-password', '4way_handshake_timeout')
    await page.getByText('Netværket afviste adgangskoden').waitFor()
    await page.getByRole('link', { name: 'Prøv igen' }).click()
    await page.getByLabel('Adgangskode', { exact: true }).fill(PASSWORD)
    await page.getByRole('button', { name: 'Forbind' }).click()
    await answer(page, 'connected')
    await page.getByText('Forbundet. Netværket er gemt').waitFor()
    equal(await page.locator('#show').isVisible(), false)
  })

  it('finds the networks by itself, and keeps looking while the radio is away', async () => {
    portal.close()
    device.holdScan = true
    portal = await servePortal(device, 'KAM_7654321')
    const page = await open()
    await page.goto(portal.url)
    await page.route('**/looking.cgi', (route) => route.abort())
    await page.waitForRequest('**/looking.cgi')
    await page.unroute('**/looking.cgi')
    device.endScan!()
    await page.getByLabel('Hjemme').waitFor()
  })

  it('is only one request a page', async () => {
    const page = await open()
    await page.goto(`${portal.url}/meter`, { waitUntil: 'networkidle' })
    deepEqual(requests, [`${portal.url}/meter`])
    deepEqual(complaints, [])
  })

  it('reads a network with a hostile name as a name', async () => {
    const name = '"><img src=x onerror=alert(1)>'
    device.networks = [{ ...device.networks[0]!, ssid: name }]
    portal.close()
    portal = await servePortal(device, 'KAM_7654321')
    const page = await open()
    page.on('dialog', (dialog) => complaints.push(dialog.message()))
    await page.goto(portal.url)
    await page.getByLabel(name).check()
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.getByRole('button', { name: 'Connect' }).click()
    await answer(page, 'connected')
    await page.getByText('Connected. The network is stored').waitFor()
    equal(device.trials[0]!.ssid, name)
    equal(await page.locator('img').count(), 0)
    deepEqual(complaints, [])
  })

  it('refuses the form of another site', async () => {
    const other = createServer((_, response) =>
      response
        .setHeader('Content-Type', 'text/html')
        .end(
          `<form method=post action="${portal.url}/wifi/setup.cgi"><input name=essid value=evil><button>x</button></form>`,
        ),
    ).listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const page = await openPage(browser)
    await page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`)
    await page.getByRole('button').click()
    await page.getByText('it was refused').waitFor()
    other.close()
    deepEqual(device.trials, [])
  })

  const STATES: readonly [name: string, prepare: (page: Page) => Promise<unknown>][] = [
    ['the set-up page', (page) => page.goto(portal.url)],
    ['a form with errors', (page) => submitNothing(page)],
    [
      'the impulse meter',
      async (page) => {
        Object.assign(device.now, IMPULSE)
        portal.close()
        portal = await servePortal(device, 'EL_7654321')
        return page.goto(portal.url)
      },
    ],
    ['a test that runs', (page) => connect(page, 'Joining the network')],
    ['a wrong password', (page) => connect(page, 'refused the password', 'wrong-password', '4way_handshake_timeout')],
    ['a success', (page) => connect(page, 'network is stored', 'connected')],
    ['the meter', (page) => page.goto(`${portal.url}/meter`)],
    [
      'the water meters',
      (page) => {
        device.now.waterMeters = [{ ...WATER_METER, key: 'unknown header', header: '61EB', doubt: 'total' }]
        device.flashNow = { settings: 'refuses', journal: 'full' }
        return page.goto(`${portal.url}/water`)
      },
    ],
    ['a diagnosis', (page) => page.goto(`${portal.url}/diagnosis`)],
    ['a factory reset', (page) => page.goto(`${portal.url}/device?reset=1`)],
    ['a page that is not there', (page) => page.goto(`${portal.url}/no`)],
    ['the password', (page) => page.goto(`${portal.url}/access`)],
    [
      'an update that was refused',
      (page) => {
        update.progress = { at: 'idle', version: '', percent: 0, reason: 'other variant' }
        return page.goto(`${portal.url}/device`)
      },
    ],
  ]

  async function submitNothing(page: Page): Promise<void> {
    await page.goto(portal.url)
    await page.getByLabel('Broker').fill('a b')
    await page.getByRole('button', { name: 'Connect' }).click()
    await page.getByRole('alert').waitFor()
  }

  async function connect(page: Page, shows: string, ...result: Parameters<FakeDevice['tell']> | []): Promise<void> {
    await page.goto(portal.url)
    await page.getByLabel('Hjemme').check()
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.getByRole('button', { name: 'Connect' }).click()
    if (result.length > 0) await answer(page, ...(result as Parameters<FakeDevice['tell']>))
    await page.getByText(shows).waitFor()
  }

  const { items, name: part } = dealt(STATES, 3)
  for (const [name, prepare] of items) {
    it(`has nothing for an accessibility checker to find in ${name}, ${part}, in the light and in the dark, at 320 px`, async () => {
      const page = await open({ viewport: { width: 320, height: 640 } })
      await prepare(page)
      await page.evaluate(axe.source)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        const { violations, incomplete, passes } = await page.evaluate<AxeResults>('axe.run()')
        deepEqual(
          violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]),
          [],
        )
        deepEqual(
          incomplete.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]),
          [],
        )
        ok(passes.length > 15, `${passes.length} checks`)
        const width = await page.evaluate<number>('document.scrollingElement.scrollWidth')
        ok(width <= 320, `${width} px wide`)
      }
    })
  }
})
