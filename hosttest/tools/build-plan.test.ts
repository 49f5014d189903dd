import { deepEqual, equal, match, ok, throws } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SDK_RELEASE } from '../../modules/device/sdk-release.js'
import { BOARDS } from '../../tools/boards.js'
import { slotSize } from '../../tools/build.js'
import { checkTools, ESP_IDF, PRIVATE_MANIFEST, planBuild } from '../../tools/build-plan.js'

const KEY = '0123456789abcdef0123456789abcdef'

/** A folder to build in, with an SDK whose mcconfig makes an image of IMAGE_SIZE bytes, or ends with FAILS. */
function fakeSdk() {
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-'))
  after(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'tools/cmake'), { recursive: true })
  const version = ESP_IDF.slice(1).split('.')
  writeFileSync(
    join(folder, 'tools/cmake/version.cmake'),
    `set(IDF_VERSION_MAJOR ${version[0]})\nset(IDF_VERSION_MINOR ${version[1]})\nset(IDF_VERSION_PATCH 0)\n`,
  )
  writeFileSync(
    join(folder, 'mcconfig'),
    `#!/bin/sh
echo "called with $*"
[ -z "$FAILS" ] || exit "$FAILS"
while [ "$1" != -o ]; do shift; done
name=$(sed 's/.*"NAME":"\\([^"]*\\)".*/\\1/' "$2/${PRIVATE_MANIFEST}")
bin="$2/bin/esp32/release/$name"
mkdir -p "$bin"
[ -z "$IMAGE_SIZE" ] || head -c "$IMAGE_SIZE" /dev/zero >"$bin/xs_esp32.bin"
`,
    { mode: 0o755 },
  )
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const sdk = { KEY, MODDABLE: folder, IDF_PATH: folder, PATH: `${folder}:${process.env.PATH}` }
  /** `npm run flash` there. */
  const run = (env: NodeJS.ProcessEnv = {}, ...args: readonly string[]) =>
    spawnSync('node', ['--import', import.meta.resolve('tsx'), join(root, 'tools/flash.ts'), ...args], {
      cwd: folder,
      env: { ...process.env, ...sdk, ...env },
      encoding: 'utf8',
    })
  return { folder, run }
}

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

  describe('calls mcconfig', () => {
    const { folder, run } = fakeSdk()
    const output = 'build/esp32/devkit-kmp'

    it('and keeps what it builds, which holds the secrets, from other users', () => {
      const { stdout } = run()
      match(stdout, new RegExp(`called with .*${output}/manifest.json$`, 'm'))
      ok(!stdout.includes(KEY))
      equal(statSync(join(folder, output)).mode & 0o777, 0o700)
      ok(readFileSync(join(folder, output, PRIVATE_MANIFEST), 'utf8').includes(KEY))
    })

    it('and, to build only, refuses an image that its slot does not hold', () => {
      const image = `${output}/bin/esp32/release/meterlogger/xs_esp32.bin`
      const whole = run({ IMAGE_SIZE: '1638400' }, '--build')
      deepEqual([whole.status, whole.stderr], [0, ''])
      ok(whole.stdout.endsWith(`\n${image}: 1638400 of the 1638400 bytes of a slot, 0 are left\n`))
      const large = run({ IMAGE_SIZE: '1638416' }, '--build')
      equal(large.status, 1)
      match(
        large.stderr,
        /xs_esp32.bin: 1638416 bytes are 16 more than a slot of manifests\/partitions.csv holds \(1638400\)/,
      )
    })

    it('and gives an image with BLE or TLS, of which two find no room, the whole flash as one slot', () => {
      for (const [option, name] of [
        ['BLE=1', 'ble'],
        ['TLS=1', 'tls'],
      ] as const) {
        const { status, stdout } = run({ IMAGE_SIZE: '1638416' }, '--build', option)
        equal(status, 0)
        ok(stdout.includes(': 1638416 of the 3342336 bytes of a slot'), stdout)
        const variant = readFileSync(new URL(`../../manifests/${name}.json`, import.meta.url), 'utf8')
        equal(JSON.parse(variant).build.PARTITIONS_FILE, './partitions-one-slot.csv')
      }
    })

    it('and, to build only, tells when there is no new image, though mcconfig says nothing of it', () => {
      run({ IMAGE_SIZE: '1000' }, '--build')
      const { status, stderr } = run({}, '--build')
      deepEqual([status, /xs_esp32.bin: was not built; ESP-IDF has said why/.test(stderr)], [1, true], stderr)
    })

    it('and fails when that does', () => {
      for (const args of [[], ['--build']]) {
        const { status, stderr } = run({ FAILS: '3' }, ...args)
        deepEqual([status, stderr], [1, 'mcconfig: ended with 3\n'])
      }
    })
  })

  it('reads the size of a slot from the table', () => {
    equal(
      slotSize(
        '# x\nnvs, data, nvs, 0x9000, 0x6000,\na, app, ota_0, 0x10000, 0x1000,\nb, app, ota_1, 0x20000, 0x800,\n',
      ),
      0x800,
    )
  })

  it('takes no key that everybody knows: that of the examples, which was the default of the original, or all zeros', () => {
    for (const key of ['ef500c9268cf749016d26d6cbfaaf7bf', 'EF500C9268CF749016D26D6CBFAAF7BF', '0'.repeat(32)])
      for (const target of ['flash', 'build'] as const)
        throws(() => planBuild('devkit', [], { KEY: key }, target), /KEY: everybody knows this one/)
  })

  it('builds one image for all boards without a key, and says what that means', () => {
    match(planBuild('devkit', [], {}, 'build').hint!, /^no KEY: a board that has none stored asks for it/)
    equal(planBuild('devkit', [], { KEY }, 'build').hint, undefined)
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
    equal(error(['KEY=12']), 'KEY: expected 32 hex digits, got 2 characters')
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
    ok(text.includes(`version ${SDK_RELEASE}, with version ${ESP_IDF} of ESP-IDF`))
  })

  it('hands over options that the firmware reads as they were meant', () => {
    const { flags } = planBuild('devkit', [], { KEY, MC_66B: '1', AUTO_CLOSE: '0', THERMO_NO: '1' }, 'flash')
    deepEqual([flags.driver.name, flags.autoClose, flags.thermoNormallyOpen], ['mc66b', false, true])
  })
})
