import { deepEqual, equal, match } from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Arrival, openStore } from '../../bridge/store/store.js'
import { commandLine, KEY } from '../support/cli.js'

describe('fleet status', () => {
  const { meterlogger } = commandLine()
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-status-'))
  const database = `file:${join(folder, 'database')}`
  const keys = join(folder, 'keys.csv')

  before(async () => {
    const now = Date.now()
    const ago = (serial: string, kind: string, seconds: number, text: string): Arrival => ({
      serial,
      kind,
      time: Math.floor(now / 1000) - seconds,
      text,
      receivedAt: now,
    })
    const store = await openStore(database)
    await store.write([
      ago('7000001', 'sample', 60, 'e1=1 kWh&'),
      ago('7000001', 'sample', 86_300, 'e1=1 kWh&'),
      ago('7000001', 'sample', 86_500, 'e1=1 kWh&'),
      ago('7000001', 'version', 10, 'moddable+8.2.3-0.1.0-lwip-KMP-THERMO_NC'),
      ago('7000001', 'status', 10, 'open'),
      ago('7000001', 'ssid', 10, 'Cellar'),
      ago('7000001', 'rssi', 10, '-61'),
      ago('7000001', 'uptime', 10, '180061'),
      ago('7000002', 'sample', 1800, 'e1=1 kWh&'),
      ago('7000003', 'sample', 20, 'e1=1 kWh&'),
      ago('7000003', 'offline', 10, ''),
    ])
    await store.close()
    writeFileSync(keys, `serial,key,name\n7000004,${KEY},Never\n07000001,${KEY},"Hall, 1"\n`, { mode: 0o600 })
  })

  after(() => rmSync(folder, { recursive: true }))

  it('tells of each device, as JSON a line', async () => {
    const { code, out } = await meterlogger(['fleet', 'status', '--database', database, '--keys', keys, '--json'])
    const devices = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    deepEqual(
      devices.map(({ serial, name, online, samples, valve }) => [serial, name, online, samples, valve]),
      [
        ['7000004', 'Never', false, 0, null],
        ['07000001', 'Hall, 1', true, 2, 'open'],
        ['7000002', null, false, 1, null],
        ['7000003', null, false, 1, null],
      ],
    )
    const { version, ssid, rssi, uptime, last_seen } = devices[1]
    deepEqual([version, ssid, rssi, uptime], ['moddable+8.2.3-0.1.0-lwip-KMP-THERMO_NC', 'Cellar', -61, 180_061])
    match(last_seen, /^20[0-9]{2}-.*Z$/)
    equal(code, 1)
  })

  it('is a table for people, and names who of the register is silent', async () => {
    const { code, out, err } = await meterlogger(['fleet', 'status', '--database', database, '--keys', keys])
    match(out, /^07000001 +Hall, 1 +\S+Z +online +moddable\S+ +Cellar +-61 +2d 02:01 +2\/1440 +open$/m)
    match(out, /^7000004 +Never +- +offline /m)
    match(err, /silent: 7000004$/m)
    equal(code, 1)
  })

  it('exits 0 where nobody of the register is silent', async () => {
    writeFileSync(keys, `serial,key\n7000001,${KEY}\n7000002,${KEY}\n`)
    const args = ['fleet', 'status', '--database', database, '--keys', keys, '--silent']
    equal((await meterlogger([...args, '2h'])).code, 0)
    const { code, err } = await meterlogger([...args, '15m'])
    deepEqual([code, err.includes('7000002')], [1, true])
  })

  it('says why it has no line where nothing was heard yet', async () => {
    const empty = `file:${join(folder, 'empty')}`
    await (await openStore(empty)).close()
    const said = 'no device: the bridge has heard none yet; with --keys those of the register stand here too\n'
    const { code, out, err } = await meterlogger(['fleet', 'status', '--database', empty])
    deepEqual([code, err], [0, said])
    match(out, /^serial +name .*\n$/)
    const json = await meterlogger(['fleet', 'status', '--database', empty, '--json'])
    deepEqual([json.code, json.out, json.err], [0, '', said])
  })

  it('makes no database where there is none, and says what a wrong URL is', async () => {
    for (const [url, why] of [
      [`file:${join(folder, 'nothing')}`, /no meterlogger.db in /],
      ['mysql://user:secret@host/x', /expected file:FOLDER or postgres:/],
    ] as const) {
      const { code, err } = await meterlogger(['fleet', 'status', '--database', url])
      equal(code, 2)
      match(err, why)
    }
  })
})
