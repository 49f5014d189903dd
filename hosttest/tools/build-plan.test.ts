import { deepEqual, equal, match, ok, throws } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SDK_RELEASE } from '../../modules/device/sdk-release.js'
import { BOARDS } from '../../tools/boards.js'
import { checkTools, ESP_IDF, PRIVATE_MANIFEST, planBuild } from '../../tools/build-plan.js'

const KEY = '0123456789abcdef0123456789abcdef'

describe('npm run flash', () => {
  it('takes options from the environment, as make did, and from arguments, which go first', () => {
    const env = { KEY, EN61107: '1', DEBUG: '0', HOME: '/home/x' }
    const { args, output } = planBuild('devkit', ['DEBUG=1'], env, 'flash')
    equal(output, 'build/esp32/devkit-mc66c-debug')
    equal(
      ['mcconfig', ...args].join(' '),
      `mcconfig -d -m -p esp32 -o ${output} ${output}/manifest.json DEBUG=1 EN61107=1`,
    )
  })

  it('gives each variant a folder of its own, and chooses the manifest of the board', () => {
    const folders = [
      {},
      { EN61107: '1' },
      { MC_66B: '1' },
      { IMPULSE: '1' },
      { FLOW_METER: '1' },
      { BLE: '1' },
      { DEBUG: '1' },
      { TLS: '1' },
      { TLS: '1', BLE: '1' },
    ].flatMap((options) =>
      ['devkit', 'daughterboard'].map((board) => planBuild(board, [], { KEY, ...options }, 'build').output),
    )
    equal(new Set(folders).size, 18)
    ok(planBuild('devkit', [], { KEY }, 'build').args.join(' ').includes('-t build'))
  })

  it('takes a manifest with BLE or TLS where a build needs it, and only there', () => {
    const manifest = (board: string, options: NodeJS.ProcessEnv) => {
      const { manifest, output } = planBuild(board, [], { KEY, ...options }, 'build')
      return join(output, (manifest as { readonly include: readonly [string] }).include[0])
    }
    equal(manifest('devkit', {}), 'manifest.json')
    equal(manifest('daughterboard', {}), 'manifests/daughterboard.json')
    equal(manifest('devkit', { BLE: '1' }), 'manifests/devkit-ble.json')
    equal(manifest('daughterboard', { FLOWIQ: '1' }), 'manifests/daughterboard-ble.json')
    equal(manifest('daughterboard', { BLE: '0' }), 'manifests/daughterboard.json')
    equal(manifest('devkit', { TLS: '1' }), 'manifests/devkit-tls.json')
    equal(manifest('daughterboard', { TLS: '1', BLE: '1' }), 'manifests/daughterboard-ble-tls.json')
    for (const manifests of Object.values(BOARDS)) for (const path of Object.values(manifests)) ok(existsSync(path))
  })

  it('hands secrets over in a file, none on a command line', () => {
    const secrets = { KEY, SETUP_PASSWORD: 'a password', WATER_METERS: `12345678:${'ab'.repeat(16)}` }
    const { args, manifest } = planBuild('devkit', [`KEY=${KEY}`, 'SERIAL=7654321'], { BLE: '1', ...secrets }, 'flash')
    for (const secret of Object.values(secrets)) ok(!args.join(' ').includes(secret), secret)
    ok(args.includes('SERIAL=7654321') && args.includes('BLE=1'))
    deepEqual(manifest, {
      build: { NAME: 'meterlogger-ble' },
      include: ['../../../manifests/devkit-ble.json'],
      config: secrets,
    })
  })

  it('keeps what it builds, which holds the secrets, from other users', () => {
    const folder = mkdtempSync(join(tmpdir(), 'meterlogger-'))
    try {
      mkdirSync(join(folder, 'tools/cmake'), { recursive: true })
      const version = ESP_IDF.slice(1).split('.')
      writeFileSync(
        join(folder, 'tools/cmake/version.cmake'),
        `set(IDF_VERSION_MAJOR ${version[0]})\nset(IDF_VERSION_MINOR ${version[1]})\nset(IDF_VERSION_PATCH 0)\n`,
      )
      writeFileSync(join(folder, 'mcconfig'), '#!/bin/sh\necho "called with $*"\n', { mode: 0o755 })
      const root = fileURLToPath(new URL('../..', import.meta.url))
      const env = { ...process.env, KEY, MODDABLE: folder, IDF_PATH: folder, PATH: `${folder}:${process.env.PATH}` }
      const { stdout } = spawnSync('node', ['--import', import.meta.resolve('tsx'), join(root, 'tools/flash.ts')], {
        cwd: folder,
        env,
        encoding: 'utf8',
      })
      const output = 'build/esp32/devkit-kmp'
      match(stdout, new RegExp(`called with .*${output}/manifest.json$`, 'm'))
      ok(!stdout.includes(KEY))
      equal(statSync(join(folder, output)).mode & 0o777, 0o700)
      ok(readFileSync(join(folder, output, PRIVATE_MANIFEST), 'utf8').includes(KEY))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('takes no key that everybody knows: that of the examples, which was the default of the original, or all zeros', () => {
    for (const key of ['ef500c9268cf749016d26d6cbfaaf7bf', 'EF500C9268CF749016D26D6CBFAAF7BF', '0'.repeat(32)])
      for (const target of ['flash', 'build'] as const)
        throws(() => planBuild('devkit', [], { KEY: key }, target), /KEY: everybody knows this one/)
  })

  it('says what is wrong with the options', () => {
    const error = (args: string[], env = {}) => {
      try {
        planBuild('devkit', args, env, 'flash')
        return ''
      } catch (thrown) {
        return (thrown as Error).message
      }
    }
    equal(error([]), 'KEY: missing; expected 32 hex digits')
    equal(error([`KEY=${KEY}`, 'IMPULSE']), 'expected NAME=VALUE, got "IMPULSE"')
    match(error([`KEY=${KEY}`, 'IMPULS=1']), /^IMPULS: not a build option/)
    equal(error([`KEY=${KEY}`, 'IMPULSE=1'], { EN61107: '1' }), 'EN61107=1 and IMPULSE=1: only one of the two can be')
    throws(() => planBuild('nodemcu', [], { KEY }, 'flash'), /--board: expected devkit or daughterboard, got "nodemcu"/)
  })

  it('says what is missing on the computer', () => {
    const folder = mkdtempSync(join(tmpdir(), 'meterlogger-'))
    try {
      throws(() => checkTools({}), /no Moddable SDK: MODDABLE names no folder; install it with xs-dev/)
      throws(() => checkTools({ MODDABLE: folder, PATH: '/nowhere' }), /mcconfig is not in PATH/)
      writeFileSync(join(folder, 'mcconfig'), '')
      const env = { MODDABLE: folder, PATH: folder }
      throws(() => checkTools(env), /no ESP-IDF: IDF_PATH names no folder/)
      const idf = join(folder, 'idf')
      mkdirSync(join(idf, 'tools/cmake'), { recursive: true })
      const version = (major: number) =>
        writeFileSync(
          join(idf, 'tools/cmake/version.cmake'),
          `set(IDF_VERSION_MAJOR ${major})\nset(IDF_VERSION_MINOR 0)\nset(IDF_VERSION_PATCH 1)\n`,
        )
      version(5)
      throws(() => checkTools({ ...env, IDF_PATH: idf }), /this SDK builds with v6.0, IDF_PATH holds v5.0.1/)
      version(6)
      checkTools({ ...env, IDF_PATH: idf })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('builds with the releases of the SDK and of ESP-IDF that the README tells to install', () => {
    const text = readFileSync('README.md', 'utf8').replace(/\s+/g, ' ')
    ok(text.includes(`version ${SDK_RELEASE} of it with version ${ESP_IDF} of ESP-IDF`))
  })

  it('hands over options that the firmware reads as they were meant', () => {
    const { flags } = planBuild('devkit', [], { KEY, MC_66B: '1', AUTO_CLOSE: '0', THERMO_NO: '1' }, 'flash')
    deepEqual([flags.driver.name, flags.autoClose, flags.thermoNormallyOpen], ['mc66b', false, true])
  })
})
