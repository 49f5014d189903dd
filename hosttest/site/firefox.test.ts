// node only
import { deepEqual, equal, match } from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { siteFiles } from '../../site/files.js'
import { EXAMPLES } from '../../site/tools/examples.js'
import { Firefox, missingFirefox } from '../support/firefox.js'
import { needs } from '../support/needs.js'
import { until } from '../support/until.js'
import { serveSite } from './served-site.js'

const ENTER = '\uE007'
const TAB = '\uE004'

describe('the site in Firefox', () => {
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-site-'))
  const file = pathToFileURL(join(folder, 'playground.html')).href
  let firefox: Firefox
  let site: Awaited<ReturnType<typeof serveSite>>

  before(async function () {
    needs(this, missingFirefox())
    const files = await siteFiles()
    writeFileSync(join(folder, 'playground.html'), files.get('playground.html')!)
    site = await serveSite(files)
    firefox = await Firefox.launch()
  })

  after(async () => {
    await firefox?.close()
    site?.close()
    rmSync(folder, { recursive: true })
  })

  afterEach(() => {
    deepEqual(firefox.complaints, [])
    deepEqual(
      firefox.requests.filter((url) => !url.startsWith(site.url) && url !== file && !/^(blob|data):/.test(url)),
      [],
    )
  })

  /** Waits for an element, and reads it. */
  async function textOf(selector: string): Promise<string> {
    const element = `document.querySelector(${JSON.stringify(selector)})`
    await until(() => firefox.evaluate<boolean>(`(${element}?.innerText ?? '') !== ''`), selector)
    return firefox.evaluate<string>(`${element}.innerText`)
  }

  for (const from of ['a web server', 'a disk'])
    it(`opens a sample from ${from}`, async () => {
      await firefox.open(from === 'a disk' ? file : site.url)
      match(await textOf('#values'), /flow temperature\s+\d\d\.\d\d °C/)
      equal(
        await firefox.evaluate("fetch('http://127.0.0.1:9/').then(() => 'reached', () => 'forbidden')"),
        'forbidden',
      )
      firefox.complaints = firefox.complaints.filter((text) => !text.includes('127.0.0.1:9'))
    })

  it('decodes telegrams that are typed, and opens a KEM file', async () => {
    await firefox.open(`${site.url}tools.html`)
    const { id, key, text } = EXAMPLES.flowiq!.fields
    await firefox.evaluate("document.querySelector('#wmbus textarea').focus()")
    await firefox.type([text!.split('\n')[0], key, id].join(TAB) + ENTER)
    match(await textOf('#wmbus .answer table'), /total_m3\s+8\.915\s+m³/)
    await firefox.evaluate("document.querySelector('#kem .chip').click()")
    match(await textOf('#kem .answer table'), /44E9112D06BD762EC2BFECE57E487C9B/)
  })

  it('finds a document by keyboard', async () => {
    await firefox.open(`${site.url}docs/index.html`)
    await firefox.type('/')
    await firefox.type('stuffing')
    match(await textOf('#found a'), /KMP/)
    await firefox.type(ENTER)
    await until(
      () => firefox.evaluate<boolean>("location.href.endsWith('/docs/protocol/kmp.html#stuffing')"),
      'the page',
    )
    match(await textOf('#stuffing'), /Stuffing/)
  })
})
