// node only
import { deepEqual, equal, match, ok, throws } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { encodeUtf8 } from '../../modules/codec/utf8.js'
import { HEAD, openHead } from '../../modules/update/manifest.js'
import { presentVersion, readTexts, release, released, type Texts } from '../../tools/release.js'
import { makeFiles, plansOf } from '../../tools/release-files.js'
import { makeImage } from '../../twin/image.js'
import { nodeVerifier } from '../../twin/verifier.js'

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
  'manifests/sdkconfig/sdkconfig.defaults': 'A=y\nCONFIG_APP_PROJECT_VER="0.1.0"\n',
  'CHANGELOG.md': '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Reads meters.\n',
}

describe('npm run release', () => {
  it('writes the version to every place, and the date to the changelog', () => {
    deepEqual(released(BEFORE, '0.2.0', '2027-01-15'), {
      'package.json': '{\n  "name": "meterlogger",\n  "version": "0.2.0",\n  "engines": { "node": ">=20" }\n}\n',
      'package-lock.json': LOCK.replace('0.1.0', '0.2.0').replace('0.1.0', '0.2.0'),
      'modules/app/version.ts': "export const RELEASE = '0.2.0'\n",
      'manifests/sdkconfig/sdkconfig.defaults': 'A=y\nCONFIG_APP_PROJECT_VER="0.2.0"\n',
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
    throws(
      wrong('manifests/sdkconfig/sdkconfig.defaults', '0.1.0', '0.0.9'),
      /sdkconfig.defaults: expected 0.1.0 as in package.json, got 0.0.9/,
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

describe('the files of a release', () => {
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-files-'))
  const out = join(folder, 'out')
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const point = new Uint8Array(pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-64))
  const names = ['daughterboard-kmp', 'daughterboard-kmp-ble', 'devkit-kmp', 'devkit-kmp-ble'].map(
    (variant) => `meterlogger-0.2.0-${variant}`,
  )
  const secrets = { KEY: '00112233445566778899aabbccddeeff', SETUP_PASSWORD: 'a password', WATER_METERS: '' }
  let env: NodeJS.ProcessEnv

  before(() => {
    // An SDK, as far as anybody looks.
    mkdirSync(join(folder, 'tools'))
    writeFileSync(join(folder, 'mcconfig'), '')
    env = { ...secrets, UPDATE_KEY: 'ab'.repeat(64), MODDABLE: folder, IDF_PATH: folder, PATH: folder }
  })
  after(() => rmSync(folder, { recursive: true }))

  /** @param version of the images that are built */
  const make = (version: string, privateKey?: KeyObject) =>
    makeFiles({ version: '0.2.0', out, privateKey, env }, ({ output }) => ({
      image: makeImage({ version, variant: basename(output) }),
      bootLoader: encodeUtf8(`boot loader of ${basename(output)}`),
    }))

  it('are the images of all boards, signed, their boot loaders, the partition tables, and checksums', () => {
    deepEqual(make('0.2.0', pair.privateKey), [])
    const files = [
      ...names.flatMap((name) => [`${name}.bin`, `${name}.signed`, `${name}-bootloader.bin`]),
      'partitions-one-slot.csv',
      'partitions.csv',
    ]
    deepEqual(readdirSync(out).sort(), ['SHA256SUMS', ...files].sort())
    for (const name of names) {
      const signed = readFileSync(join(out, `${name}.signed`))
      const head = openHead(signed.subarray(0, HEAD), point, nodeVerifier)
      ok(head.ok)
      deepEqual(signed.subarray(HEAD), readFileSync(join(out, `${name}.bin`)))
      equal(`meterlogger-${head.value.version}-${head.value.variant}`, name)
      equal(readFileSync(join(out, `${name}-bootloader.bin`), 'utf8'), `boot loader of ${head.value.variant}`)
    }
    const sums = readFileSync(join(out, 'SHA256SUMS'), 'utf8')
    const hash = (file: string) =>
      createHash('sha256')
        .update(readFileSync(join(out, file)))
        .digest('hex')
    deepEqual(sums.split('\n').sort(), ['', ...files.map((file) => `${hash(file)}  ${file}`)].sort())
  })

  it('are unsigned without a key, and it says so', () => {
    deepEqual(
      make('0.2.0'),
      [2, 3, 0, 1].map((i) => `${names[i]}.signed: there is no --private-key`),
    )
    ok(!readdirSync(out).some((name) => name.endsWith('.signed')))
  })

  it('are not what there is without an SDK: each that is left out is named, and why', () => {
    env = { ...secrets }
    const left = make('0.2.0')
    deepEqual(left.map((line) => line.split(': ')[0]).sort(), names)
    for (const line of left) match(line, /: no Moddable SDK: MODDABLE names no folder; install it with xs-dev/)
    deepEqual(readdirSync(out).sort(), ['SHA256SUMS', 'partitions-one-slot.csv', 'partitions.csv'])
  })

  it('are of no other version', () => {
    env = { ...env, MODDABLE: folder, IDF_PATH: folder, PATH: folder }
    throws(() => make('0.1.0'), /devkit-kmp: expected version 0.2.0, got 0.1.0/)
  })

  it('hold nothing that belongs to one board, and no secret', () => {
    for (const { args, manifest } of plansOf({ ...secrets, SERIAL: '42', EN61107: '1' })) {
      deepEqual((manifest as { config: object }).config, {})
      deepEqual(
        args.filter((arg) => arg.includes('=') && !arg.startsWith('BLE=')),
        ['EN61107=1'],
      )
    }
  })
})

describe('the version', () => {
  it('is the same in package.json, package-lock.json, the firmware and the changelog', () => {
    presentVersion(readTexts(fileURLToPath(new URL('../..', import.meta.url))))
  })
})
