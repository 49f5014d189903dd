// node only
import { equal, ok } from 'node:assert/strict'
import type { Browser } from 'playwright-core'
import { bundleWorker } from '../../site/bundle.js'
import { siteFiles } from '../../site/files.js'
import type { Item } from '../../site/world/protocol.js'
import { type Scenario, USUAL } from '../../site/world/scenario.js'
import { World } from '../../site/world/world.js'
import { launchChromium, missingChromium, openPage } from '../support/chromium.js'
import { needs } from '../support/needs.js'
import { BundledWorker } from './bundled-worker.js'
import { KEY } from './key.js'
import { serveSite } from './served-site.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const UNIX = 1_800_000_000_000

/** What happens in a scenario on Node, with Node's own cryptography. */
async function onNode(scenario: Scenario, ms: number): Promise<Item[]> {
  const items: Item[] = []
  const world = new World({ scenario, key: KEY, unix: UNIX, onItem: (item) => items.push(item) })
  await world.run(ms)
  const heard = items.slice()
  world.close()
  return heard
}

/** Messages and what the firmware says, as texts that can be compared; `withBytes` also what is sealed. */
function told(items: readonly Item[], is: Item['is'], withBytes = true): string[] {
  return items
    .filter((item) => item.is === is)
    .map((item) => JSON.stringify(item, (name, value) => (name === 'payload' && !withBytes ? undefined : value)))
}

/** Compares lists of thousands; a difference is told by the first one. */
function same(actual: readonly string[], expected: readonly string[]): void {
  const at = expected.findIndex((text, i) => text !== actual[i])
  if (at >= 0) equal(actual[at], expected[at], `at ${at}`)
  equal(actual.length, expected.length)
}

describe('a day in the worker of the playground', () => {
  let script: string
  let day: Item[]

  before(async () => {
    script = await bundleWorker()
    day = await onNode(USUAL, DAY)
  })

  async function inWorker(scenario: Scenario, ms: number): Promise<Item[]> {
    const worker = new BundledWorker(script)
    worker.send({ do: 'start', scenario, unix: UNIX })
    await worker.pass(ms)
    worker.close()
    return worker.items
  }

  it('is the same day as on Node, message for message and byte for byte', async () => {
    const items = await inWorker(USUAL, DAY)
    for (const is of ['message', 'packet', 'log'] as const) same(told(items, is), told(day, is))
    const samples = day.filter((item) => item.is === 'message' && item.kind === 'sample')
    ok(samples.length >= DAY / 60_000, `${samples.length} samples`)
  })

  it('is the same hour with a water meter and with what happens by chance', async () => {
    const scenario: Scenario = {
      ...USUAL,
      meter: 'flowiq',
      seed: 7,
      faults: ['bit errors', 'connections break', 'power flickers'],
    }
    const [items, expected] = [await inWorker(scenario, HOUR), await onNode(scenario, HOUR)]
    for (const is of ['message', 'packet', 'log', 'telegram'] as const) same(told(items, is), told(expected, is))
    ok(told(items, 'telegram').length > 200)
  })

  describe('in Chromium', () => {
    let browser: Browser
    let site: Awaited<ReturnType<typeof serveSite>>

    before(async function () {
      needs(this, missingChromium())
      browser = await launchChromium()
      site = await serveSite(await siteFiles())
    })

    after(async () => {
      await browser?.close()
      site?.close()
    })

    it('is the same day, under a key of its own', async () => {
      const page = await openPage(browser)
      await page.goto(site.url)
      const items = await page.evaluate<Item[]>(`new Promise((resolve, reject) => {
        const worker = new Worker('worker.js')
        const items = []
        worker.onerror = ({ message }) => reject(new Error(message))
        worker.onmessage = ({ data }) => {
          if (data.is === 'failed') reject(new Error(data.text))
          if (data.is !== 'batch') return
          for (const item of data.items) if (item.is !== 'packet') items.push({ ...item, payload: undefined })
          if (data.state.now >= ${DAY}) resolve(items)
          worker.postMessage({ do: 'shown' })
        }
        worker.postMessage({ do: 'start', scenario: ${JSON.stringify(USUAL)}, unix: ${UNIX} })
        worker.postMessage({ do: 'pass', ms: ${DAY} })
      })`)
      for (const is of ['message', 'log'] as const) same(told(items, is, false), told(day, is, false))
      equal(told(items, 'message').length, told(day, 'message').length)
    })
  })
})
