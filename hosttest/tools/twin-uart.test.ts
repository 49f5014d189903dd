// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EmbeddedBroker } from '../../twin/broker.js'
import { VirtualClock } from '../../twin/clock.js'
import { HostNetwork } from '../../twin/host-network.js'
import { COMMAND, commandLine } from '../support/cli.js'
import { Gate } from '../support/gate.js'
import { Lines } from '../support/lines.js'
import { needs } from '../support/needs.js'

const KEY = '00112233445566778899aabbccddeeff'
const SERIAL = '6543210'

describe('twin --uart, as a device of its own', () => {
  const { children, start, meterlogger } = commandLine()
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-uart-'))
  const line = join(folder, 'line')
  const keyFile = join(folder, 'key')

  before(function () {
    needs(this, spawnSync('socat', ['-V']).error === undefined ? undefined : 'socat is not installed')
    writeFileSync(keyFile, `${KEY}\n`, { mode: 0o600 })
  })

  after(() => rmSync(folder, { recursive: true }))

  /** Plugs a meter in: a MULTICAL 601 at a pseudo terminal. */
  async function plugIn() {
    const meter = `exec:'${process.execPath} ${COMMAND} meter --serial ${SERIAL}'`
    const child = children.program('socat', '-d', '-d', `pty,raw,echo=0,link=${line}`, meter)
    await new Lines(child.stderr).find(/starting data transfer loop/)
    return child
  }

  it('says that another program has the line', async () => {
    await plugIn()
    const holder = children.program('flock', line, 'sh', '-c', 'echo held; exec sleep 600')
    await new Lines(holder.stdout).find(/held/)
    const { code, err } = await meterlogger(['doctor', '--uart', line])
    deepEqual([code, err], [1, `meterlogger: another program has ${line}\n`])
  })

  it('says of a file and of a folder that they are no line', async () => {
    for (const path of [keyFile, folder]) {
      const { code, err } = await meterlogger(['doctor', '--uart', path])
      const words = 'is no serial line; ls /dev/serial/by-id shows those that there are'
      deepEqual([code, err], [1, `meterlogger: ${path} ${words}\n`])
    }
  })

  it('waits for the broker and the meter, tells nothing of a simulated network, and stores all when it ends', async () => {
    const gate = await Gate.make()
    const common = ['--broker', gate.url, '--key-file', keyFile]
    const state = join(folder, 'state')
    const child = start('twin', '--uart', line, ...common, '--state', state)
    child.stdin.end()
    const [out, err] = [new Lines(child.stdout), new Lines(child.stderr)]
    await err.find(/^uart: .*cannot open/)
    const socat = await plugIn()
    await err.find(/^mqtt: .*next attempt/)
    const broker = await EmbeddedBroker.listen(0)
    gate.open(broker)
    try {
      await out.find(new RegExp(`/sample/v2/${SERIAL}/`))
      // The first sample goes out before the device calls the broker again under the number that it has just read.
      await out.find(new RegExp(`/status/v2/${SERIAL}/`))
      const send = async (name: string) =>
        (await meterlogger(['send', name, ...common, '--serial', SERIAL, '--wait', '60'])).out
      equal(await send('ssid'), 'host\n')
      match(await send('rssi'), /^(31|-[0-9]+)\n$/)
      equal(await send('wifi_status'), 'connected\n')
      equal(await send('vdd'), 'unknown\n')
      const scan = await meterlogger(['send', 'scan', ...common, '--serial', SERIAL, '--wait', '2'])
      deepEqual([scan.code, scan.out], [1, ''])

      const exited = once(socat, 'exit')
      socat.stdin.end()
      await exited
      await err.find(/^uart: (?!.*cannot open)/)
      const { length } = out.all.filter((text) => text.includes('/sample/'))
      // docs/twin.md says so: on Node 26 serialport 13 opens a line that was plugged in again and reads nothing from it.
      if (Number(process.versions.node.split('.')[0]) < 26) {
        await plugIn()
        await out.findAll(/\/sample\//, length + 1)
      }

      ok(!err.all.some((text) => text.startsWith('portal')))
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of a terminal begin with one
      for (const text of [...out.all, ...err.all]) ok(!/[\u0000-\u001f]/.test(text), text)
      const closed = once(child, 'close')
      child.kill('SIGTERM')
      deepEqual(await closed, [0, null])
    } finally {
      gate.close()
      await broker.close()
    }
    const away = start('twin', '--uart', line, ...common, '--state', state)
    const said = new Lines(away.stderr)
    // It knows its number without the meter and calls the broker under it.
    await said.find(new RegExp(` as ${SERIAL}$`))
    const closed = once(away, 'close')
    away.kill('SIGINT')
    deepEqual(await closed, [0, null])
  })
})

describe("the computer's network as a device's", () => {
  const header =
    'Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE\n' +
    ' face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22\n'
  const rssi = (text: string) => new HostNetwork(new VirtualClock(), () => text).rssi()

  it('tells the level that Linux measures, and none where the computer has no radio in use', () => {
    equal(rssi(`${header} wlan0: 0000   57.  -53.  -256        0      0      0      0     39        0\n`), -53)
    equal(rssi(header), undefined)
    equal(rssi(''), undefined)
  })

  it('is joined at once, whatever the name, and hears no others', async () => {
    const clock = new VirtualClock()
    const network = new HostNetwork(clock)
    const events: string[] = []
    network.join('anything', 'secret', {
      onAssociated: () => events.push('associated'),
      onUp: () => events.push('up'),
      onDown: () => events.push('down'),
    })
    network.scan(
      () => events.push('found'),
      () => events.push('done'),
    )
    await clock.run(0)
    deepEqual(events, ['done', 'associated', 'up'])
  })
})
