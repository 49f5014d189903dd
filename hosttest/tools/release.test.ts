// node only
import { deepEqual, equal, throws } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { presentVersion, readTexts, release, released, type Texts } from '../../tools/release.js'

const LOCK = `{
  "name": "meterlogger",
  "version": "0.1.0",
  "packages": {
    "": {
      "name": "meterlogger",
      "version": "0.1.0",
      "license": "MIT"
    },
    "node_modules/mocha": {
      "version": "0.1.0"
    }
  }
}
`
const BEFORE: Texts = {
  'package.json': '{\n  "name": "meterlogger",\n  "version": "0.1.0",\n  "engines": { "node": ">=20" }\n}\n',
  'package-lock.json': LOCK,
  'modules/app/version.ts': "export const RELEASE = '0.1.0'\n",
  'CHANGELOG.md': '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Reads meters.\n',
}

describe('npm run release', () => {
  it('writes the version to every place, and the date to the changelog', () => {
    deepEqual(released(BEFORE, '0.2.0', '2027-01-15'), {
      'package.json': '{\n  "name": "meterlogger",\n  "version": "0.2.0",\n  "engines": { "node": ">=20" }\n}\n',
      'package-lock.json': LOCK.replace('0.1.0', '0.2.0').replace('0.1.0', '0.2.0'),
      'modules/app/version.ts': "export const RELEASE = '0.2.0'\n",
      'CHANGELOG.md': '# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2027-01-15\n\n### Added\n\n- Reads meters.\n',
    })
  })

  it('releases the present version once', () => {
    const first = released(BEFORE, '0.1.0', '2027-01-15')
    deepEqual(presentVersion(first), { version: '0.1.0', isReleased: true })
    const more = { ...first, 'CHANGELOG.md': first['CHANGELOG.md'].replace('ed]\n', 'ed]\n\n- More.\n') }
    throws(() => released(more, '0.1.0', '2027-01-16'), /expected a version above 0.1.0, got 0.1.0/)
    equal(presentVersion(released(more, '0.1.1', '2027-01-16')).version, '0.1.1')
  })

  it('refuses a version that is none or goes back', () => {
    for (const version of ['', '1', '1.2', 'v1.2.3', '1.2.3-rc1', '01.2.3', '1.2.3\n'])
      throws(() => released(BEFORE, version, '2027-01-15'), /expected X.Y.Z, got "/)
    throws(() => released(BEFORE, '0.0.9', '2027-01-15'), /expected a version above 0.1.0, got 0.0.9/)
    equal(presentVersion(released(BEFORE, '0.10.0', '2027-01-15')).version, '0.10.0')
  })

  it('refuses files that disagree', () => {
    const wrong = (path: keyof Texts, old: string, text: string) => () =>
      released({ ...BEFORE, [path]: BEFORE[path].replace(old, text) }, '0.2.0', '2027-01-15')
    throws(
      wrong('modules/app/version.ts', '0.1.0', '0.1.1'),
      /modules\/app\/version.ts: expected 0.1.0 as in package.json, got 0.1.1/,
    )
    throws(wrong('package-lock.json', '0.1.0', '0.0.1'), /package-lock.json: expected 0.1.0 as in .*, got 0.0.1/)
    throws(wrong('modules/app/version.ts', 'RELEASE', 'VERSION'), /version.ts: expected a version, found none/)
    throws(
      wrong('CHANGELOG.md', '- Reads', '## [0.0.1] - 2026-12-24\n\n- Reads'),
      /CHANGELOG.md: expected 0.1.0 as in package.json for its newest release, got 0.0.1/,
    )
  })

  it('refuses a changelog without changes', () => {
    for (const changelog of [
      '# Changelog\n',
      '# Changelog\n\n## [Unreleased]\n',
      '# Changelog\n\n## [Unreleased]\n\n### Added\n\n## [0.1.0] - 2026-12-24\n\n- Reads meters.\n',
    ])
      throws(
        () => released({ ...BEFORE, 'CHANGELOG.md': changelog }, '0.2.0', '2027-01-15'),
        /CHANGELOG.md: expected changes below "## \[Unreleased\]", found none/,
      )
  })

  it('changes nothing in a checkout that has changes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'meterlogger-release-'))
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: folder })
    try {
      for (const [path, text] of Object.entries(BEFORE)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true })
        writeFileSync(join(folder, path), text)
      }
      git('init', '-q')
      throws(() => release(folder, '0.2.0', '2027-01-15'), /expected a checkout without changes, got/)
      deepEqual(readTexts(folder), BEFORE)
      git('add', '.')
      git('commit', '-qm', 'All')
      release(folder, '0.2.0', '2027-01-15')
      equal(presentVersion(readTexts(folder)).version, '0.2.0')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('the version', () => {
  it('is the same in package.json, package-lock.json, the firmware and the changelog', () => {
    presentVersion(readTexts(fileURLToPath(new URL('../..', import.meta.url))))
  })
})
