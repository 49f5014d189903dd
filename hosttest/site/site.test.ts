// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { DRIVERS } from '../../modules/app/drivers.js'
import { siteFiles } from '../../site/files.js'
import { FAULT_WORDS } from '../../site/world/fault-words.js'
import { fragmentOf, METERS, type Scenario, scenarioOf, USUAL } from '../../site/world/scenario.js'
import { FAULTS } from '../../twin/faults.js'

/** Bytes, compressed, of everything that is loaded. */
const MOST_LOADED = 400_000

describe('the files of the playground', () => {
  let files: ReadonlyMap<string, string>

  before(async () => {
    files = await siteFiles()
  })

  /** Everything that one way to open it loads. */
  const WAYS = [['index.html', 'style.css', 'page.js', 'worker.js'], ['playground.html']] as const

  for (const way of WAYS)
    it(`are small: ${way[0]}`, () => {
      const bytes = way.reduce((sum, name) => sum + gzipSync(files.get(name)!).length, 0)
      ok(bytes < MOST_LOADED, `${bytes} bytes`)
    })

  it('forbid everything from outside, and name each script and style that is allowed', () => {
    for (const name of ['index.html', 'playground.html']) {
      const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(files.get(name)!)![1]!
      const rules = new Map(policy.split('; ').map((rule) => [rule.split(' ')[0]!, rule.split(' ').slice(1).join(' ')]))
      equal(rules.get('default-src'), "'none'")
      equal(rules.get('form-action'), "'none'")
      equal(rules.get('base-uri'), "'none'")
      ok(!policy.includes('unsafe'), policy)
      ok(!/https?:/.test(policy), policy)
    }
    // The worker's script stands there as a text.
    const alone = files.get('playground.html')!.replace(/<script type="text\/plain"[\s\S]*?<\/script>/, '')
    const policy = /content="(default-src[^"]+)"/.exec(alone)![1]!
    for (const [, text] of alone.matchAll(/<(?:script|style)>([\s\S]*?)<\/(?:script|style)>/g))
      ok(policy.includes(`'sha256-${createHash('sha256').update(text!).digest('base64')}'`))
  })

  it('load nothing but each other', () => {
    for (const name of ['index.html', 'playground.html']) {
      const page = files.get(name)!.replace(/<(script|style)[^>]*>[\s\S]*?<\/\1>/g, (tag) => tag.split('>')[0]!)
      const loaded = [...page.matchAll(/(?:src|href)="([^"#][^"]*)"/g)].map((found) => found[1]!.slice(0, 5))
      deepEqual(loaded, name === 'index.html' ? ['data:', 'style', 'page.'] : ['data:'])
    }
  })

  it('have no Node in them', () => {
    for (const name of ['worker.js', 'page.js']) ok(!/["'`]node:|require\(/.test(files.get(name)!), name)
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
