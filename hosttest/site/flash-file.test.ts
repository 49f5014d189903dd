// node only
import { equal, ok } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { siteFiles } from '../../site/files.js'
import { flashFiles } from '../../site/flash/file.js'

describe('the file of the page that flashes', () => {
  let page: string
  before(async () => {
    page = (await flashFiles())[0]![1]
  })

  it('is small, is whole, and is one of the site', async () => {
    ok(gzipSync(page).length < 120_000, `${gzipSync(page).length} bytes`)
    ok(!/@[A-Z]+@|["'`]node:|require\(/.test(page))
    equal((await siteFiles()).get('flash.html'), page)
  })

  it('forbids everything from outside, names its script and style, and loads nothing', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)![1]!
    const rules = new Map(policy.split('; ').map((rule) => [rule.split(' ')[0]!, rule.split(' ').slice(1).join(' ')]))
    for (const name of ['default-src', 'form-action', 'base-uri']) equal(rules.get(name), "'none'")
    equal(rules.get('img-src'), 'data:')
    ok(!/unsafe|https?:|self/.test(policy), policy)
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
    equal(rules.get('script-src'), hash(/<script>([\s\S]*?)<\/script>/.exec(page)![1]!))
    equal(rules.get('style-src'), hash(/<style>([\s\S]*?)<\/style>/.exec(page)![1]!))
    const rest = page.replace(/<(script|style)>[\s\S]*?<\/\1>/g, '')
    for (const [, address] of rest.matchAll(/(?:src|href)="([^"]*)"/g))
      ok(/^(#|data:|[a-z/]+\.html$)/.test(address!), address)
  })

  it('offers the boards of the repository', () => {
    for (const board of ['devkit', 'daughterboard']) ok(page.includes(`<option value="esp32:${board}">`))
  })
})
