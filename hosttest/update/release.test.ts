import { ok } from 'node:assert/strict'
import { compareReleases } from '../../modules/update/release.js'

/** Each before the next (semver.org, 11). */
const ORDER = [
  'not a release',
  '0.0.9',
  '0.1.0-1',
  '0.1.0-2',
  '0.1.0-10',
  '0.1.0-12',
  '0.1.0-1a',
  '0.1.0-a1',
  '0.1.0-alpha',
  '0.1.0-alpha.1',
  '0.1.0-alpha.1.0',
  '0.1.0-alpha.beta',
  '0.1.0-beta',
  '0.1.0-rc.1',
  '0.1.0-rc1',
  '0.1.0-rc10',
  '0.1.0-rc2',
  '0.1.0',
  '0.1.1',
  '0.01.2',
  '0.2.0-rc.1',
  '0.2.0',
  '0.10.0',
  '1.0.0',
  '10.0.0',
]

describe('the order of releases', () => {
  it('is that of Semantic Versioning', () => {
    for (const [i, one] of ORDER.entries())
      for (const [j, other] of ORDER.entries()) {
        const order = Math.sign(compareReleases(one, other))
        ok(order === Math.sign(i - j), `${one} and ${other}: ${order}`)
      }
  })

  it('has what is no release before each', () => {
    for (const text of ['', 'v2.0.0', ' 2.0.0', '2.0.0 beta', '2.0.0-', '2.0.', '2..0', '-1'])
      ok(compareReleases(text, '0.0.1') < 0 && compareReleases('0.0.1', text) > 0, text)
  })

  it('passes over the build and over zeros in front', () => {
    for (const [one, other] of [
      ['1.0.0+a', '1.0.0+b'],
      ['1.0.0-rc.1+a', '1.0.0-rc.1'],
      ['1.00.01', '1.0.1'],
    ] as const)
      ok(compareReleases(one, other) === 0)
  })

  it('knows a release by its characters, up to its end', () => {
    for (const [text, isRelease] of [
      ['1', true],
      ['1.2.3.4', true],
      ['0-.', true],
      ['1--', true],
      ['1-Az09.-', true],
      ['1+a', true],
      ['1-a+Az09.-', true],
      ['', false],
      ['.1', false],
      ['1.', false],
      ['1..2', false],
      ['1.-a', false],
      ['1.+a', false],
      ['1-', false],
      ['1-+', false],
      ['1-a_', false],
      ['1-\u00e9', false],
      ['1-\u{1f600}', false],
      ['1a', false],
      ['\u0661', false],
      ['1 ', false],
      ['1\n', false],
      ['1-a\n', false],
      ['1+', false],
      ['1-a+', false],
      ['1+a\n', false],
      ['1+a+b', false],
      ['1+\u00e9', false],
    ] as const)
      ok(compareReleases(text, 'none') === Number(isRelease), JSON.stringify(text))
  })

  it('has empty parts and long ones', () => {
    for (const [one, other, order] of [
      ['1-.', '1-', 1],
      ['1-a..b', '1-a.b', -1],
      ['1-a.', '1-a', 1],
      ['1-.a', '1-0', 1],
      ['1-a', '1-a-', -1],
      [`1-${'9'.repeat(400)}`, '1-9', 1],
      ['1.0', '1', 1],
      ['1.0-rc', '1', 1],
    ] as const)
      ok(Math.sign(compareReleases(one, other)) === order, `${one} and ${other}`)
  })
})
