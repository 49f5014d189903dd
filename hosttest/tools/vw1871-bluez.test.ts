import { deepEqual, match } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readNotifications } from '../../decoders/notifications.js'
import { toHex } from '../../modules/codec/hex.js'
import { EmbeddedBroker } from '../../twin/broker.js'
import { VirtualClock } from '../../twin/clock.js'
import { Vw1871Receiver } from '../../twin/vw1871.js'
import { busConfiguration, StandInBluez } from '../support/bluez.js'
import { commandLine } from '../support/cli.js'
import { Gate } from '../support/gate.js'
import { Lines } from '../support/lines.js'
import { needs } from '../support/needs.js'
import { nobleClass } from '../support/noble.js'
import { until } from '../support/until.js'
import { COMPACT, FULL } from '../wmbus/frames.js'

const UART = '49535343-1e4d-4bd9-ba61-23c647249616'

/** A session with two telegrams. */
function session() {
  const receiver = new Vw1871Receiver(new VirtualClock())
  const items: string[] = []
  receiver.listen((item) => items.push(toHex(item)))
  receiver.hear(COMPACT, -80)
  receiver.hear(FULL, -81)
  receiver.close()
  return items.map((hex) => ({ t: '', characteristic: UART, hex }))
}

describe('Bluetooth over D-Bus, with the real library', () => {
  const { children, start } = commandLine()
  const environment = { ...process.env }
  let folder: string
  let bluez: StandInBluez | undefined

  before(async function () {
    const isThere = (await nobleClass()) !== undefined && spawnSync('dbus-daemon', ['--version']).status === 0
    needs(this, isThere ? undefined : 'no dbus-daemon, or no @stoprocent/noble')
  })
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bluez-'))
    const socket = join(folder, 'bus')
    writeFileSync(join(folder, 'bus.conf'), busConfiguration(socket))
    const options = [`--config-file=${join(folder, 'bus.conf')}`, '--nofork', '--nopidfile', '--print-address']
    await new Lines(children.program('dbus-daemon', ...options).stdout).find(/^unix:/)
    process.env.NOBLE_BINDINGS = 'dbus'
    process.env.DBUS_SYSTEM_BUS_ADDRESS = `unix:path=${socket}`
    bluez = await StandInBluez.at(`unix:path=${socket}`, session())
  })
  afterEach(() => {
    for (const name of ['NOBLE_BINDINGS', 'DBUS_SYSTEM_BUS_ADDRESS'])
      if (environment[name] === undefined) delete process.env[name]
      else process.env[name] = environment[name]
    bluez?.close()
    rmSync(folder, { recursive: true })
  })

  it('serves a twin that waits for its broker, as where the computer starts before the broker', async () => {
    const gate = await Gate.make()
    const child = start('twin', '--bluetooth', '--broker', gate.url, '--state', join(folder, 'state'))
    child.stdin.end()
    const err = new Lines(child.stderr)
    // What breaks is no line: the meter has none.
    match(await err.find(/^type a command/), /`!access point gone on` breaks something/)
    await err.find(/^mqtt: .*next attempt/)
    await err.find(/^ble: connecting to VW1871-/)
    const broker = await EmbeddedBroker.listen(0)
    gate.open(broker)
    try {
      await err.find(/^mqtt: connected/)
      child.kill('SIGTERM')
      deepEqual(await once(child, 'close'), [0, null])
    } finally {
      gate.close()
      await broker.close()
    }
  })

  it('records what comes, connects again after a lost link, and gives the adapter back on SIGTERM', async () => {
    const out = join(folder, 'cellar.jsonl')
    const child = start('vw1871', 'record', '--out', out)
    const said = new Lines(child.stderr)
    const notifications = () => readNotifications(existsSync(out) ? readFileSync(out, 'utf8') : '')
    await until(() => notifications().length === 2, 'the telegrams')
    bluez!.loseLink()
    await until(() => notifications().length === 4, 'the telegrams of the second connection')
    child.kill('SIGTERM')
    deepEqual(await once(child, 'close'), [0, null])
    const [first, second] = session()
    deepEqual(
      notifications().map(({ characteristic, hex }) => ({ t: '', characteristic, hex })),
      [first, second, first, second],
    )
    await until(() => bluez!.calls.at(-1) === 'Disconnect', 'the adapter given back')
    deepEqual(
      said.all.map((line) => line.replace(/ in \d+ ms/, '')),
      [
        'ble: connecting to VW1871-250111',
        'ble: connection lost (remote); next search',
        'ble: connecting to VW1871-250111',
      ],
    )
  })

  it('is recorded until the reader of a pipe has enough', async () => {
    const child = start('vw1871', 'record', '--out', '-', '--format', 'rtlwmbus')
    const line = await new Lines(child.stdout).find(/^C1;1;1;/)
    match(line, /;-80;-80;74493770;0x2344/)
    child.stdout.destroy()
    bluez!.loseLink()
    deepEqual(await once(child, 'exit'), [0, null])
  })
})
