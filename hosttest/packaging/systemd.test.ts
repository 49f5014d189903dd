// node only
import { deepEqual, equal, match } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

type Unit = (typeof UNITS)[number]
type Environment = Readonly<Record<string, string>>

const textOf = (unit: Unit) => readFileSync(join(ROOT, `packaging/systemd/${unit}.service`), 'utf8')

function values(unit: Unit, name: string): readonly string[] {
  return [...textOf(unit).matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map((found) => found[1]!)
}

/** The words after `meterlogger` of the unit's command: `${NAME}` is one word, `$NAME` is split at blanks. */
function commandOf(unit: Unit, environment: Environment): readonly string[] {
  const [node, tool, ...words] = values(unit, 'ExecStart')[0]!.split(' ')
  deepEqual([node, tool], [NODE, `${HOME}/tools/meterlogger.js`])
  const given = values(unit, 'Environment').flatMap((line) => line.split(' ').map((pair) => pair.split(/=(.*)/s)))
  const all: Environment = { ...Object.fromEntries(given), ...environment }
  return words.flatMap((word) =>
    word.startsWith('$') && !word.startsWith('${')
      ? (all[word.slice(1)] ?? '').split(' ').filter((part) => part !== '')
      : [word.replace(/\$\{(\w+)\}/g, (_, name: string) => all[name] ?? '')],
  )
}

describe('the systemd units', () => {
  const { start } = commandLine()
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
    const files = UNITS.map((unit) => {
      const file = join(folder, `${unit}.service`)
      writeFileSync(file, textOf(unit).replaceAll(NODE, process.execPath).replaceAll(HOME, ROOT))
      chmodSync(file, 0o644)
      return file
    })
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', ...files], { encoding: 'utf8' })
    deepEqual([status, stdout, stderr], [0, '', ''])
    for (const file of files) {
      // 2 of 10: what is left is the network, the serial line, and that Node compiles while it runs.
      const security = ['security', '--offline=true', '--threshold=20', '--no-pager', file]
      const found = spawnSync('systemd-analyze', security, { encoding: 'utf8' })
      equal(found.status, 0, found.stdout + found.stderr)
    }
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

  it('are started again after an end by surprise, and not after wrong usage', async () => {
    for (const unit of UNITS) {
      deepEqual(values(unit, 'Restart'), ['on-failure'])
      deepEqual(values(unit, 'RestartPreventExitStatus'), ['2'])
      const child = start(...commandOf(unit, { ...environment, OPTIONS: '--nonsense' }))
      child.stdin.end()
      deepEqual(await once(child, 'close'), [2, null], unit)
    }
  })
})
