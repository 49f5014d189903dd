// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UsageError, unreadable, unwritable } from '../../tools/errors.js'
import { commandLine, KEY } from '../support/cli.js'

describe('a file that cannot be read or written', () => {
  const { meterlogger } = commandLine()
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-files-'))
  const [none, keys, config] = ['none', 'keys.csv', 'meterlogger'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const out = join(none, 'out')

  before(() => {
    writeFileSync(keys, `serial,key\n7000001,${KEY}\n`, { mode: 0o600 })
    mkdirSync(config)
    writeFileSync(join(config, 'config'), 'keys = ../none\n')
  })
  after(() => rmSync(folder, { recursive: true }))

  it('is told with its option and what to do, in one sentence', async () => {
    const seal = ['seal', 'hej', '--topic', '/ping/v2/7000001/1']
    const send = ['send', 'set_pwd', '--broker', 'mqtts://me@127.0.0.1:1', '--serial', '7000001', '--keys', keys]
    const missing = `${none}: no such file; look at the path`
    const isFolder = `${folder}: a folder; name a file`
    const noFolder = `${out}: no such folder; make it first`
    for (const [args, text] of [
      [[...seal, '--key-file', none], `--key-file: ${missing}`],
      [[...seal, '--key-file', folder], `--key-file: ${isFolder}`],
      [[...seal, '--keys', none], `--keys: ${missing}`],
      [[...send, '--payload-file', folder], `--payload-file: ${isFolder}`],
      [[...send, 'x', '--ca', none], `--ca: ${missing}`],
      [[...send, 'x', '--password-file', none], `--password-file: ${missing}`],
      [['kem', none, '--password', 'x'], missing],
      [['kem', keys, '--password-file', none], `--password-file: ${missing}`],
      [['update', 'sign', none, '--private-key', none, '--out', out], `--private-key: ${missing}`],
      [['update', 'serve', folder, '--port', '0'], isFolder],
      [['twin', '--capture', folder], `--capture: ${isFolder}`],
      [['twin', '--update-key', none], `--update-key: ${missing}`],
      [['fleet', 'keys', '--count', '1', '--serial', '1', '--out', out], noFolder],
      [['label', '--keys', keys, '--out', out], noFolder],
    ] as const) {
      const { code, out: printed, err } = await meterlogger(args)
      deepEqual([code, printed, err], [2, '', `meterlogger: ${text}\n`])
    }
  })

  it('of the configuration is named with the setting there', async () => {
    const env = { XDG_CONFIG_HOME: folder, APPDATA: folder }
    const { code, err } = await meterlogger(['seal', 'hej', '--topic', '/ping/v2/7000001/1'], '', env)
    const where = `${join(config, 'config')}: keys`
    deepEqual([code, err], [2, `meterlogger: ${where}: ${none}: no such file; look at the path\n`])
  })

  it('for want of rights or room is told too; other words of the system stay', () => {
    const error = (code: string) => Object.assign(new Error(`${code}: words of the system`), { code })
    equal(unreadable(error('EACCES'), 'x').message, 'x: this user may not read it; ls -l shows who may')
    equal(
      unwritable(error('EROFS'), 'x', '--out').message,
      '--out: x: this user may not write there; name another place',
    )
    equal(unwritable(error('ENOSPC'), 'x').message, 'x: no room is left there; make some')
    equal(unreadable(error('EIO'), 'x', '--keys').message, '--keys: EIO: words of the system')
    ok(unreadable(error('toString'), 'x') instanceof UsageError)
  })
})
