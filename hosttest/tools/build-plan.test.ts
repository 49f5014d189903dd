import { deepEqual, equal, match, ok, throws } from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SDK_RELEASE } from '../../modules/device/sdk-release.js'
import { BOARDS } from '../../tools/boards.js'
import { checkTools, commandText, ESP_IDF, planBuild } from '../../tools/build-plan.js'

const KEY = '0123456789abcdef0123456789abcdef'

describe('npm run flash', () => {
  it('takes options from the environment, as make did, and from arguments, which go first', () => {
    const env = { KEY, EN61107: '1', DEBUG: '0', HOME: '/home/x' }
    const { args, output } = planBuild('devkit', ['DEBUG=1'], env, 'flash')
    equal(output, 'build/esp32/devkit-mc66c-debug')
    equal(
      ['mcconfig', ...args].join(' '),
      `mcconfig -d -m -p esp32 -o ${output} manifest.json KEY=${KEY} DEBUG=1 EN61107=1`,
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
    ].flatMap((options) =>
      ['devkit', 'daughterboard'].map((board) => planBuild(board, [], { KEY, ...options }, 'build').output),
    )
    equal(new Set(folders).size, 14)
    ok(planBuild('daughterboard', [], { KEY }, 'build').args.includes('manifests/daughterboard.json'))
    ok(planBuild('devkit', [], { KEY }, 'build').args.join(' ').includes('-t build'))
  })

  it('takes a manifest with BLE where a build needs it, and only there', () => {
    const manifest = (board: string, options: NodeJS.ProcessEnv) =>
      planBuild(board, [], { KEY, ...options }, 'build').args.find((arg) => arg.endsWith('.json'))
    equal(manifest('devkit', { BLE: '1' }), 'manifests/devkit-ble.json')
    equal(manifest('daughterboard', { FLOWIQ: '1' }), 'manifests/daughterboard-ble.json')
    equal(manifest('daughterboard', { BLE: '0' }), 'manifests/daughterboard.json')
    for (const { plain, ble } of Object.values(BOARDS)) ok(existsSync(plain) && existsSync(ble))
  })

  it('does not show the key', () => {
    ok(!commandText(planBuild('devkit', [], { KEY }, 'flash').args).includes(KEY))
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
