// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DRIVERS } from '../../modules/app/drivers.js'
import { DOCUMENTS as CONTENTS } from '../../site/documents/contents.js'
import { copiesOf } from '../../site/documents/copies.js'
import { pageFile } from '../../site/documents/markdown.js'
import { search } from '../../site/documents/search.js'
import { siteFiles } from '../../site/files.js'
import { PAGES } from '../../site/pages.js'
import { exampleOf } from '../../site/tools/examples.js'
import { FAULT_WORDS } from '../../site/world/fault-words.js'
import { fragmentOf, METERS, type Scenario, scenarioOf, USUAL } from '../../site/world/scenario.js'
import { FAULTS } from '../../twin/faults.js'
import { DOCUMENTS } from '../support/documents.js'

/** Bytes, compressed, of everything that is loaded. */
const MOST_LOADED = 400_000

describe('the files of the site', () => {
  let files: ReadonlyMap<string, string>
  /** The pages by their names, without what stands in their scripts and styles. */
  let pages: ReadonlyMap<string, string>

  /** What stands beside them as it is in the repository. */
  let copies: ReadonlyMap<string, string>

  before(async () => {
    files = await siteFiles()
    copies = copiesOf()
    const isPage = ([name]: readonly [string, string]) => name.endsWith('.html')
    const bare = (page: string) =>
      page.replace(/<(script|style)[^>]*>[\s\S]*?<\/\1>/g, (tag) => `${tag.split('>')[0]!}>`)
    pages = new Map([...files].filter(isPage).map(([name, page]) => [name, bare(page)]))
  })

  /** Everything that one way to open it loads. */
  const WAYS = [
    ['index.html', 'style.css', 'page.js', 'worker.js'],
    ['playground.html'],
    ['tools.html', 'style.css', 'tools.js', 'tools-worker.js'],
    ['docs/index.html', 'style.css', 'docs.js', 'search-index.js'],
  ] as const

  for (const way of WAYS)
    it(`are small: ${way[0]}`, () => {
      const bytes = way.reduce((sum, name) => sum + gzipSync(files.get(name)!).length, 0)
      ok(bytes < MOST_LOADED, `${bytes} bytes`)
    })

  it('forbid everything from outside, and name each script and style that is allowed', () => {
    for (const [name, page] of pages) {
      const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)![1]!
      const rules = new Map(policy.split('; ').map((rule) => [rule.split(' ')[0]!, rule.split(' ').slice(1).join(' ')]))
      for (const rule of ['default-src', 'form-action', 'base-uri']) equal(rules.get(rule), "'none'", name)
      ok(!policy.includes('unsafe'), policy)
      ok(!/https?:/.test(policy), policy)
      ok(!/ style="| on[a-z]+="/.test(page), name)
    }
    // The worker's script stands there as a text.
    const alone = files.get('playground.html')!.replace(/<script type="text\/plain"[\s\S]*?<\/script>/, '')
    const policy = /content="(default-src[^"]+)"/.exec(alone)![1]!
    for (const [, text] of alone.matchAll(/<(?:script|style)>([\s\S]*?)<\/(?:script|style)>/g))
      ok(policy.includes(`'sha256-${createHash('sha256').update(text!).digest('base64')}'`))
  })

  it('load nothing but each other', () => {
    for (const [name, page] of pages)
      for (const [, target] of page.matchAll(/<(?:script|img|link|iframe)[^>]* (?:src|href)="([^"]*)"/g)) {
        if (target!.startsWith('data:')) continue
        const file = posix.join(posix.dirname(name), target!)
        ok(name !== 'playground.html' && (files.has(file) || copies.has(file)), `${name}: ${target}`)
      }
  })

  it('have no link that leads nowhere, be it to a page or to a place in one', () => {
    const ids = new Map([...pages].map(([name, page]) => [name, new Set(page.match(/(?<= id=")[^"]+/g))]))
    let count = 0
    const dead: string[] = []
    for (const [name, page] of pages)
      for (const [, href] of page.matchAll(/<a [^>]*?href="([^"]*)"/g)) {
        const target = href!.replaceAll('&amp;', '&')
        if (/^(https?|mailto):/.test(target)) continue
        count++
        const [path = '', place] = target.split('#')
        const file = path === '' ? name : posix.join(posix.dirname(name), path)
        const isThere = files.has(file) || copies.has(file)
        const isPlace = place === undefined || leadsTo(file, place, ids.get(file))
        if (!isThere || !isPlace) dead.push(`${name}: ${target}`)
      }
    deepEqual(dead, [])
    ok(count > 1000, `${count} links`)
  })

  /** Whether a fragment means something to a page: a scenario, an example, or the id of an element. */
  function leadsTo(file: string, place: string, ids: ReadonlySet<string> | undefined): boolean {
    if (file === 'index.html' && place.includes('=')) return fragmentOf(scenarioOf(place)) === place
    if (place.startsWith('example=')) return file === 'tools.html' && exampleOf(place) !== undefined
    return ids?.has(decodeURIComponent(place)) ?? false
  }

  it('lead from each page to the others, and say where one is', () => {
    for (const [name, page] of pages) {
      if (name === 'playground.html') continue
      const nav = /<nav aria-label="Pages">.*?<\/nav>/.exec(page)![0]
      for (const { name: title } of PAGES) ok(nav.includes(`>${title}</a>`), name)
      equal(nav.match(/aria-current/g)?.length, 1, name)
    }
  })

  it('have every document, with a piece to try beside those that tell of something', () => {
    const inRepository = [...DOCUMENTS, 'CHANGELOG.md', 'hosttest/board/README.md']
    deepEqual([...CONTENTS].sort(), inRepository.sort())
    for (const path of CONTENTS) ok(pages.has(pageFile(path)), path)
    const contents = pages.get('docs/index.html')!
    for (const path of CONTENTS)
      ok(
        contents.includes(`href="${posix.relative('docs', pageFile(path))}"`) ||
          contents.includes(`href="../${pageFile(path)}"`),
        path,
      )
    match(
      pages.get('docs/faults.html')!,
      /broker refuses <a class="try" href="\.\.\/index\.html#speed=100&amp;fault=broker\+refuses"/,
    )
    match(pages.get('docs/protocol/kmp.html')!, /<p class="way"><a href="\.\.\/\.\.\/tools\.html#example=kmp"/)
    match(pages.get('README.html')!, /<p class="way"><a href="tools\.html#example=flowiq"/)
  })

  it('show in a document only parts that the other page has', () => {
    const frames = [...pages.values()].flatMap((page) =>
      [...page.matchAll(/ data-frame="([^"]+)"/g)].map(([, to]) => to!),
    )
    ok(frames.length > 20, `${frames.length} pieces`)
    for (const to of frames) {
      const [file = '', fragment = ''] = to
        .replaceAll('&amp;', '&')
        .replace(/^(\.\.\/)*/, '')
        .split('#')
      const parts = new URLSearchParams(fragment).getAll('part')
      ok(parts.length > 0, to)
      for (const part of parts) ok(pages.get(file)!.includes(` id="${part}"`), to)
    }
  })

  it('are found by what stands in them', () => {
    const index = JSON.parse(files.get('search-index.js')!.replace('globalThis.SEARCH_INDEX = ', ''))
    const first = (question: string) => search(index, question)[0]!.entry.slice(0, 4).join(' | ')
    equal(first('stuffing'), 'docs/protocol/kmp.html | KMP: MULTICAL 601 and later | Stuffing | stuffing')
    equal(
      first('limits of the sdk'),
      'docs/sdk-limits.html | Limits of the SDK | Limits of the SDK | limits-of-the-sdk',
    )
    match(search(index, 'set_ssid_pwd')[0]!.excerpt, /set_ssid_pwd/)
    match(first('broker REFUSES median'), /^docs\/faults\.html/)
    deepEqual([search(index, ''), search(index, 'no-such-word-anywhere')], [[], []])
  })

  it('have no Node in them', () => {
    for (const [name, text] of files)
      if (name.endsWith('.js') && name !== 'search-index.js') ok(!/["'`]node:|\brequire\(["']/.test(text), name)
  })
})

describe('the scenario of a link', () => {
  const full: Scenario = { meter: 'flowiq', speed: 1000, fresh: true, faults: ['bit errors', 'DNS dead'], seed: 7 }

  it('comes back as it was', () => {
    for (const scenario of [full, USUAL]) deepEqual(scenarioOf(`#${fragmentOf(scenario)}`), scenario)
    equal(fragmentOf(USUAL), '')
    match(fragmentOf(full), /^meter=flowiq&speed=1000&fresh=1&fault=/)
  })

  it('is the usual one where a link says nothing that is known', () => {
    for (const fragment of [
      '',
      '#',
      'meter=toString&speed=7&fresh=yes&fault=constructor&seed=-1',
      '#%%%&seed=1e99',
      'seed=x&fault=',
    ])
      deepEqual(scenarioOf(fragment), USUAL)
  })
})

describe('the playground', () => {
  it('has every meter of the firmware', () => {
    deepEqual(Object.keys(METERS).sort(), DRIVERS.map(({ name }) => name).sort())
  })

  it('tells every fault of the twin in words, and what the firmware does', () => {
    deepEqual(Object.keys(FAULT_WORDS).sort(), Object.keys(FAULTS).sort())
    for (const { what, does } of Object.values(FAULT_WORDS)) ok(what.endsWith('.') && does.endsWith('.'))
  })
})
