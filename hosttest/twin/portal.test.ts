// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { connectAsync, type MqttClient } from 'mqtt'
import type { Browser, Page } from 'playwright-core'
import { type Flags, parseFlags } from '../../modules/app/flags.js'
import { SettingsStore } from '../../modules/storage/settings-store.js'
import { EmbeddedBroker } from '../../twin/broker.js'
import { RealClock } from '../../twin/clock.js'
import { SimulatedFlash } from '../../twin/flash.js'
import { NodeListener } from '../../twin/listener.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { mqttConnector } from '../../twin/mqtt-client.js'
import { Twin } from '../../twin/twin.js'
import { SimulatedWifi } from '../../twin/wifi.js'
import { launchChromium, missingChromium, openPage, tabTo } from '../support/chromium.js'
import { needs } from '../support/needs.js'
import { until } from '../support/until.js'

const KEY = 'ef500c9268cf749016d26d6cbfaaf7bf'

describe('a device as it leaves the factory, in Chromium', () => {
  let browser: Browser
  let broker: EmbeddedBroker
  let server: MqttClient
  let listener: NodeListener
  let twin: Twin
  let storage: MemoryStorage
  let url: string
  let complaints: string[]
  /** Topics and texts of the samples that came to the broker. */
  let samples: [topic: string, text: string][]

  before(async function () {
    needs(this, missingChromium())
    browser = await launchChromium()
  })

  after(() => browser?.close())

  beforeEach(async () => {
    broker = await EmbeddedBroker.listen(0)
    listener = await NodeListener.from(0)
    samples = []
    complaints = []
    server = await connectAsync(broker.url)
    server.on('message', (topic, payload) => {
      const opened = twin.envelope.open(topic, payload, Number.POSITIVE_INFINITY)
      ok(opened.ok)
      samples.push([topic, opened.value])
    })
    await server.subscribeAsync('/sample/v2/#', { qos: 2 })
    storage = new MemoryStorage()
  })

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close()
    twin?.close()
    listener.close()
    await server?.endAsync(true)
    await broker.close()
  })

  async function powerOn(options: Record<string, string> = {}): Promise<Page> {
    const flags = parseFlags({ KEY, SERIAL: '1234567', ...options })
    ok(flags.ok)
    const clock = new RealClock()
    // The broker's port is not in the page, and that of a test is not the standard one.
    new SettingsStore({ storage, clock }).update({ mqttPort: broker.port })
    url = `http://127.0.0.1:${listener.port}`
    twin = newTwin(flags.value, clock)
    twin.start()
    const page = await openPage(browser)
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('request', (request) => {
      if (!request.url().startsWith(`${url}/`)) complaints.push(request.url())
    })
    await until(() => twin.wifi.accessPoint !== undefined, 'the set-up network')
    return page
  }

  function newTwin(flags: Flags, clock: RealClock): Twin {
    return new Twin({
      flags,
      clock,
      storage,
      unix: Date.now(),
      connect: mqttConnector([]),
      broker: { host: '127.0.0.1', port: broker.port },
      flash: new SimulatedFlash({ sectors: 16 }),
      fresh: true,
      portal: {
        listener,
        udp: undefined,
        port: listener.port,
        host: `127.0.0.1:${listener.port}`,
        clients: '127.',
      },
    })
  }

  it('is set up by keyboard alone, the wrong password first, until its first sample is at the broker', async () => {
    const page = await powerOn()
    deepEqual(twin.wifi.accessPoint, { ssid: 'KAM_1234567', password: KEY.slice(0, 16) })
    await page.goto(url)
    await page.getByLabel(SimulatedWifi.ssid).waitFor()
    await tabTo(page, 'input[name=essid]')
    await page.keyboard.press('Space')
    equal(await page.locator('input[name=essid]:checked').getAttribute('value'), SimulatedWifi.ssid)
    await tabTo(page, '#passwd')
    await page.keyboard.type('forkert-kode')
    await tabTo(page, '#mqtthost')
    await page.keyboard.press('Control+A')
    await page.keyboard.type('127.0.0.1')
    await page.keyboard.press('Enter')
    await page.getByText('The network refused the password').waitFor()
    deepEqual([twin.settings.ssid, twin.settings.mqttHost], ['', 'nabovarme.meterlogger.net'])
    equal(samples.length, 0)

    await tabTo(page, 'main a')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/wifi/wifi_setup.tpl#passwd')
    await tabTo(page, '#passwd')
    await page.keyboard.type(SimulatedWifi.password)
    await tabTo(page, '#mqtthost')
    await page.keyboard.press('Control+A')
    await page.keyboard.type('127.0.0.1')
    await page.keyboard.press('Enter')
    await page.getByText('Connected. The network is stored').waitFor()
    const { ssid, password, mqttHost } = twin.settings
    deepEqual([ssid, password, mqttHost], [SimulatedWifi.ssid, SimulatedWifi.password, '127.0.0.1'])

    await until(() => samples.length > 0, 'the first sample')
    const [topic, text] = samples[0]!
    match(topic, /^\/sample\/v2\/1234567\/[0-9]{10}$/)
    match(text, /^heap=21376&t1=[0-9.]+ C&.*&e1=[0-9]+\.[0-9]{3} MWh&$/)

    await page.goto(`${url}/meter`)
    match(await page.locator('main').innerText(), /1234567[\s\S]*MWh/)
    await page.goto(`${url}/diagnosis`)
    match(await page.locator('main').innerText(), /1234567[\s\S]*network twin[\s\S]*127\.0\.0\.1, connected/)
    ok(!(await page.content()).includes(SimulatedWifi.password))
    deepEqual(complaints, [])
  })

  it('counts an impulse meter on from the reading that was typed', async () => {
    const page = await powerOn({ IMPULSE: '1' })
    equal(twin.wifi.accessPoint!.ssid, 'EL_1234567')
    await page.goto(url)
    await page.getByLabel(SimulatedWifi.ssid).check()
    await page.getByLabel('Password', { exact: true }).fill(SimulatedWifi.password)
    await page.getByLabel('Name or address').fill('127.0.0.1')
    await page.getByLabel('Present reading').fill('1234,567')
    await page.getByLabel('Impulses per').fill('1000')
    await page.getByRole('button', { name: 'Connect' }).click()
    await page.getByText('Connected. The network is stored').waitFor()
    await page.goto(url)
    match(await page.locator('main').innerText(), /Counted up to now: 1234\.567/)
    deepEqual(complaints, [])
  })
})
