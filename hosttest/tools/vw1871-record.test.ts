import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { readNotifications } from '../../decoders/notifications.js'
import { toHex } from '../../modules/codec/hex.js'
import { openCapture } from '../../tools/capture.js'
import { UsageError } from '../../tools/errors.js'
import { Progress } from '../../tools/record-progress.js'
import { Recording } from '../../tools/recording.js'
import { type Format, listen, notificationLine } from '../../tools/vw1871-record.js'
import { SimulatedConcentrator } from '../../twin/concentrator.js'
import { seededRandom } from '../../twin/random.js'
import { commandLine } from '../support/cli.js'
import { testClock } from '../support/clock.js'
import { Lines } from '../support/lines.js'
import { needs } from '../support/needs.js'
import { nobleClass } from '../support/noble.js'
import { until } from '../support/until.js'
import { COMPACT, FULL } from '../wmbus/frames.js'

const UART = '49535343-1e4d-4bd9-ba61-23c647249616'
const TIME = new Date('2026-11-27T12:00:00.250Z')

describe('vw1871 record', () => {
  const { start, meterlogger } = commandLine()
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'record-'))
  })
  after(() => rmSync(folder, { recursive: true }))

  /** What is written and shown when the concentrator hears a compact and a full telegram, and tells its battery. */
  async function recorded(format: Format) {
    const clock = testClock()
    const ble = new SimulatedConcentrator({ clock, random: seededRandom(1) })
    const lines: string[] = []
    let shown = ''
    const progress = new Progress({ isTTY: true, write: (text: string) => (shown += text) }, clock)
    const concentrator = listen({
      ...{ clock, ble, format, progress, name: 'VW1871-' },
      recording: { write: (line) => lines.push(line) },
      log: () => {},
    })
    await clock.run(10_000)
    ble.receiver.hear(COMPACT, -80)
    await clock.run(16_000)
    ble.receiver.hear(FULL, -81)
    await clock.run(900_000)
    concentrator.close()
    progress.close()
    ble.close()
    return { lines, shown }
  }

  it('writes a telegram a line in hexadecimal, and nothing else', async () => {
    deepEqual((await recorded('hex')).lines, [toHex(COMPACT), toHex(FULL)])
    deepEqual((await recorded('json')).lines, [])
  })

  it('writes telegrams as rtl-wmbus does, without their checksum', async () => {
    const { lines } = await recorded('rtlwmbus')
    equal(lines.length, 2)
    match(lines[0]!, /^C1;1;1;\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3};-80;-80;74493770;0x23442d2c70374974[0-9a-f]+$/)
  })

  it('writes notifications that are read again, one by one, a cut line at the end left out', () => {
    const lines = [Uint8Array.of(0xfb, 0xfb), Uint8Array.of(0xfb)].map((bytes) => notificationLine(TIME, UART, bytes))
    equal(lines[0], `{"t":"2026-11-27T12:00:00.250Z","characteristic":"${UART}","hex":"fbfb"}`)
    const wanted = ['fbfb', 'fb'].map((hex) => ({ t: '2026-11-27T12:00:00.250Z', characteristic: UART, hex }))
    const path = join(folder, 'cut.jsonl')
    const text = `${lines.join('\n')}\n{"t":"2026-11-27T12:00:0`
    writeFileSync(path, text)
    deepEqual(readNotifications(text), wanted)
    const capture = openCapture(path)
    deepEqual([...capture], wanted)
    deepEqual([...capture], wanted, 'a second connection hears it from the beginning')
  })

  it('shows how it goes on a terminal', async () => {
    const { shown } = await recorded('hex')
    ok(shown.endsWith('2 telegrams, 1 meter, -81 dBm, battery 3800 mV\n'), shown.slice(-80))
    const clock = testClock()
    let written = ''
    const progress = new Progress({ write: (text: string) => (written += text) }, clock)
    progress.battery(3800)
    await clock.run(5_000)
    progress.close()
    equal(written, '')
  })

  it('overwrites no file, and leaves none behind that is empty', async () => {
    const path = join(folder, 'there.jsonl')
    writeFileSync(path, 'something\n')
    for (const [out, reason] of [
      [path, /there\.jsonl is there already, and is not overwritten/],
      [join(folder, 'none', 'x'), /--out: .*: no such folder; make it first/],
    ] as const) {
      const { code, err } = await meterlogger(['vw1871', 'record', '--out', out])
      equal(code, 2)
      match(err, reason)
    }
    equal(readFileSync(path, 'utf8'), 'something\n')

    const empty = join(folder, 'empty')
    await Recording.open(empty, () => {}).close()
    equal(existsSync(empty), false)
    const full = join(folder, 'full')
    const recording = Recording.open(full, () => {})
    recording.write('line')
    await recording.close()
    equal(readFileSync(full, 'utf8'), 'line\n')
  })

  it('refuses what it does not know', async () => {
    for (const [args, reason] of [
      [[], /required option '--out <file>'/],
      [['--out', '-', '--format', 'xml'], /Allowed choices are json, hex, rtlwmbus/],
      [['--out', '-', '--seconds', '0'], /--seconds: expected a number from 1/],
    ] as const) {
      const { code, err } = await meterlogger(['vw1871', 'record', ...args])
      equal(code, 2)
      match(err, reason)
    }
    const twin = await meterlogger(['twin', '--bluetooth', '--meter', 'kmp'])
    equal(twin.code, 2)
    match(twin.err, /--bluetooth: goes with --meter flowiq, not with kmp/)
  })

  it('ends where nothing can be written any more, with 1 when the disk is full, with 0 when nobody reads', async () => {
    for (const [code, wanted] of [
      ['ENOSPC', /^x: ENOSPC$/],
      ['EPIPE', undefined],
    ] as const) {
      const stream = new Writable({
        write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })),
      })
      const ended = new Promise<Error | undefined>((resolve) => {
        new Recording(stream, 'x', resolve).write('line')
      })
      const error = await ended
      if (wanted === undefined) equal(error, undefined)
      else match(error!.message, wanted)
    }
  })

  it('ends when what waits for a reader grows without end', async () => {
    const stream = new Writable({ write() {} })
    let error: Error | undefined
    const recording = new Recording(stream, 'x', (given) => {
      error = given
    })
    for (let i = 0; i < 5 && error === undefined; i++) recording.write('x'.repeat(1024 * 1024))
    match(error!.message, /nobody takes what is recorded/)
  })

  it('names what it cannot read for twin --capture', () => {
    for (const path of [join(folder, 'nothing'), folder])
      try {
        openCapture(path)
        ok(false, path)
      } catch (error) {
        ok(error instanceof UsageError, String(error))
      }
  })

  describe('with a D-Bus that is not the real one, so that no adapter is touched', () => {
    const before = { ...process.env }
    const bus = () => join(folder, 'bus')
    beforeEach(() => {
      process.env.NOBLE_BINDINGS = 'dbus'
      process.env.DBUS_SYSTEM_BUS_ADDRESS = `unix:path=${bus()}`
    })
    afterEach(() => {
      for (const name of ['NOBLE_BINDINGS', 'DBUS_SYSTEM_BUS_ADDRESS'])
        if (before[name] === undefined) delete process.env[name]
        else process.env[name] = before[name]
    })

    it('says in one sentence that there is no adapter, and leaves no file behind', async () => {
      const out = join(folder, 'no-adapter.jsonl')
      const child = start('vw1871', 'record', '--out', out)
      const lines = new Lines(child.stderr)
      const [code] = await once(child, 'close')
      equal(code, 1)
      equal(lines.all.length, 1, lines.all.join('\n'))
      match(lines.all[0]!, /no Bluetooth adapter that can be used|not installed/)
      equal(existsSync(out), false)
    })

    it('ends by itself, and on SIGTERM, while the system says nothing', async function () {
      needs(this, (await nobleClass()) === undefined ? 'no @stoprocent/noble' : undefined)
      const sockets: Socket[] = []
      const server = createServer((socket) => {
        socket.on('error', () => {})
        sockets.push(socket.resume())
      }).listen(bus())
      try {
        const timed = await meterlogger(['vw1871', 'record', '--out', '-', '--seconds', '1'])
        deepEqual([timed.code, timed.out, timed.err], [0, '', ''])
        const child = start('vw1871', 'record', '--out', '-')
        const count = sockets.length
        await until(() => sockets.length > count, 'the library at the bus')
        child.kill('SIGTERM')
        deepEqual(await once(child, 'close'), [0, null])
        await until(() => sockets.every((socket) => socket.destroyed), 'the end of its process')
      } finally {
        for (const socket of sockets) socket.destroy()
        server.close()
      }
    })
  })
})
