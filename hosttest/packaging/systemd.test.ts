// node only
import { deepEqual, equal, match } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EmbeddedBroker } from '../../twin/broker.js'
import { HEAT, Heard, SimpleDevice } from '../support/bridge.js'
import { commandLine, KEY } from '../support/cli.js'
import { Lines } from '../support/lines.js'
import { needs } from '../support/needs.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** Where the units expect Node and the project. */
const NODE = '/usr/bin/node'
const HOME = '/usr/local/lib/meterlogger'
const UNITS = ['meterlogger-bridge', 'meterlogger-twin'] as const
/** What changes the twin's unit for a concentrator, in a folder beside it. */
const DROP_IN = 'bluetooth'

type Unit = (typeof UNITS)[number]
type File = `${Unit}.service` | `${typeof DROP_IN}.conf`
type Environment = Readonly<Record<string, string>>

const textOf = (file: File) => readFileSync(join(ROOT, `packaging/systemd/${file}`), 'utf8')

function values(file: File, name: string): readonly string[] {
  return [...textOf(file).matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map((found) => found[1]!)
}

/** The words after `meterlogger` of the unit's command: `${NAME}` is one word, `$NAME` is split at blanks. */
function commandOf(unit: Unit, environment: Environment, file: File = `${unit}.service`): readonly string[] {
  const [node, tool, ...words] = values(file, 'ExecStart').at(-1)!.split(' ')
  deepEqual([node, tool], [NODE, `${HOME}/tools/meterlogger.js`])
  const given = values(`${unit}.service`, 'Environment').flatMap((line) =>
    line.split(' ').map((pair) => pair.split(/=(.*)/s)),
  )
  const all: Environment = { ...Object.fromEntries(given), ...environment }
  return words.flatMap((word) =>
    word.startsWith('$') && !word.startsWith('${')
      ? (all[word.slice(1)] ?? '').split(' ').filter((part) => part !== '')
      : [word.replace(/\$\{(\w+)\}/g, (_, name: string) => all[name] ?? '')],
  )
}

describe('the systemd units', () => {
  const { start, startIn } = commandLine()
  let folder: string
  let broker: EmbeddedBroker
  let environment: Environment

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'meterlogger-systemd-'))
    broker = await EmbeddedBroker.listen(0)
    writeFileSync(join(folder, 'keys.csv'), `serial,key\n7000001,${KEY}\n`, { mode: 0o600 })
    writeFileSync(join(folder, 'key'), `${KEY}\n`, { mode: 0o600 })
    environment = { BROKER: broker.url, CREDENTIALS_DIRECTORY: folder, STATE_DIRECTORY: folder }
  })

  afterEach(async () => {
    await broker.close()
    rmSync(folder, { recursive: true })
  })

  it('are what systemd takes', function () {
    needs(this, spawnSync('systemd-analyze', ['--version']).status === 0 ? undefined : 'systemd is not installed')
    const write = (name: File, path = join(folder, name)) => {
      writeFileSync(path, textOf(name).replaceAll(NODE, process.execPath).replaceAll(HOME, ROOT))
      chmodSync(path, 0o644)
      return path
    }
    const files = UNITS.map((unit) => write(`${unit}.service`))
    const check = () => {
      const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', ...files], { encoding: 'utf8' })
      deepEqual([status, stdout, stderr], [0, '', ''])
      for (const file of files) checkSecurity(file)
    }
    const checkSecurity = (file: string) => {
      // 2 of 10: what is left is the network, the serial line, and that Node compiles while it runs.
      const security = ['security', '--offline=true', '--threshold=20', '--no-pager', file]
      const found = spawnSync('systemd-analyze', security, { encoding: 'utf8' })
      equal(found.status, 0, found.stdout + found.stderr)
    }
    check()
    mkdirSync(join(folder, 'meterlogger-twin.service.d'))
    write(`${DROP_IN}.conf`, join(folder, `meterlogger-twin.service.d/${DROP_IN}.conf`))
    check()
  })

  it('start the bridge, which has its keys and its database, and ends in order', async () => {
    const child = start(
      ...commandOf('meterlogger-bridge', { ...environment, DATABASE: `file:${join(folder, 'data')}` }),
    )
    const log = new Lines(child.stderr)
    await log.find(/^bridging /)
    const heard = await Heard.of(broker.url, '#')
    try {
      await new SimpleDevice(heard.client, '7000001', KEY).say('sample', HEAT)
      await heard.holds('meterlogger/7000001/state')
      await heard.holds('homeassistant/device/meterlogger_7000001/config')
      child.kill('SIGTERM')
      deepEqual(await once(child, 'close'), [0, null])
      deepEqual(log.all, [`bridging ${broker.url}`])
    } finally {
      await heard.close()
    }
  })

  it('start the twin, which waits for its serial line and its broker, and ends in order', async () => {
    const line = join(folder, 'ttyUSB0')
    const child = start(...commandOf('meterlogger-twin', { ...environment, BROKER: 'mqtt://127.0.0.1:1', UART: line }))
    const log = new Lines(child.stderr)
    child.stdin.end()
    match(await log.find(/^uart: /), new RegExp(line))
    await log.find(/^mqtt: .*ECONNREFUSED/)
    child.kill('SIGTERM')
    deepEqual(await once(child, 'close'), [0, null], log.all.join('\n'))
  })

  it('start the twin with Bluetooth, which says what is wrong with that and ends with 1', async () => {
    const command = commandOf('meterlogger-twin', { ...environment, OPTIONS: '--serial 74493770' }, `${DROP_IN}.conf`)
    // No D-Bus, so that no adapter is touched.
    const child = startIn(
      { NOBLE_BINDINGS: 'dbus', DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${join(folder, 'bus')}` },
      command,
    )
    const log = new Lines(child.stderr)
    child.stdin.end()
    deepEqual(await once(child, 'close'), [1, null], log.all.join('\n'))
    match(log.all.at(-1)!, /^meterlogger: --bluetooth: (this computer has no Bluetooth adapter|the library)/)
  })

  it('change nothing for Bluetooth but what is heard', () => {
    const [serial] = values('meterlogger-twin.service', 'ExecStart')
    const radio = serial!.replace(/--uart \S+/, '--bluetooth')
    deepEqual(values(`${DROP_IN}.conf`, 'ExecStart'), ['', radio])
  })

  it('are started again after an end by surprise, and not after wrong usage', async () => {
    for (const unit of UNITS) {
      deepEqual(values(`${unit}.service`, 'Restart'), ['on-failure'])
      deepEqual(values(`${unit}.service`, 'RestartPreventExitStatus'), ['2'])
      const child = start(...commandOf(unit, { ...environment, OPTIONS: '--nonsense' }))
      child.stdin.end()
      deepEqual(await once(child, 'close'), [2, null], unit)
    }
  })
})
