// node only
import { deepEqual, equal, ok, throws } from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { toHex } from '../../modules/codec/hex.js'
import { Envelope } from '../../modules/mqttcrypto/envelope.js'
import { UsageError } from '../../tools/errors.js'
import { newRegister } from '../../tools/fleet.js'
import { parseRegister } from '../../tools/key-register.js'
import { EmbeddedBroker } from '../../twin/broker.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { commandLine } from '../support/cli.js'
import { Lines } from '../support/lines.js'

const KEYS = ['ef500c9268cf749016d26d6cbfaaf7b0', 'ef500c9268cf749016d26d6cbfaaf7b1'] as const

const register = (text: string) => parseRegister(text, 'keys.csv')

describe('a key register', () => {
  it('has the devices in its order, with whatever columns it names in whatever order', () => {
    const { devices } = register(
      `group,key,serial,address,kind,name\nnorth,${KEYS[0]},6543210,Mill 1,heat,"Anna ""A"", left"\n,${KEYS[1]},42,,,\n`,
    )
    deepEqual(
      devices.map(({ key, ...rest }) => ({ ...rest, key: toHex(key) })),
      [
        { serial: '6543210', key: KEYS[0], name: 'Anna "A", left', group: 'north', kind: 'heat' },
        { serial: '0000042', key: KEYS[1], name: undefined, group: undefined, kind: undefined },
      ],
    )
  })

  it('may have a byte order mark, CRLF, comments, blank lines and keys in upper case', () => {
    const lines = ['\ufeff# "our boards', 'serial,key', '', `1,${KEYS[0].toUpperCase()}`, '#2,x', `3,${KEYS[1]}`]
    const { devices } = register(lines.join('\r\n'))
    deepEqual(
      devices.map(({ serial, key }) => [serial, toHex(key)]),
      [
        ['0000001', KEYS[0]],
        ['0000003', KEYS[1]],
      ],
    )
  })

  it('finds a device by its number with and without zeros at its front', () => {
    const found = register(`serial,key\n0042,${KEYS[0]}\n0,${KEYS[1]}\n`)
    for (const serial of ['42', '0042', '0000042', '000000000042']) equal(found.find(serial)?.serial, '0000042')
    equal(found.find('0000000')?.serial, '0000000')
    for (const serial of ['420', '4', '', '+']) equal(found.find(serial), undefined)
  })

  it('with something wrong is refused with the number of the line, and never shows a key', () => {
    const good = `serial,key,kind\n1,${KEYS[0]},heat\n`
    for (const [text, reason] of [
      ['', /^keys.csv: line 1: expected a header line/],
      ['# nothing\n\n', /line 1: expected a header line/],
      [`1,${KEYS[0]}\n`, /line 1: expected a header with the column serial/],
      ['\n# first\nserial,name\n', /line 3: expected a header with the column key/],
      ['serial;key\n', /line 1: expected a header with the column serial, separated by commas/],
      ['serial,key,key\n', /line 1: the column key stands there twice/],
      [`${good}2,${KEYS[1]}\n`, /line 3: expected 3 fields as the header has, got 2/],
      [`${good}2,${KEYS[1]},heat,x\n`, /line 3: expected 3 fields as the header has, got 4/],
      [`${good}#\n\n,${KEYS[1]},\n`, /line 5: serial: expected 1 to 12 digits, got ""/],
      [`${good}2a,${KEYS[1]},\n`, /line 3: serial: expected 1 to 12 digits, got "2a"/],
      [`${good}1234567890123,${KEYS[1]},\n`, /line 3: serial/],
      [`${good}2,,\n`, /line 3: key: expected 32 hex digits, got 0 characters/],
      [`${good}2,${KEYS[1].slice(1)},\n`, /line 3: key: expected 32 hex digits, got 31 characters/],
      [`${good}2,${KEYS[1].slice(1)}g,\n`, /line 3: key/],
      [`${good}2,${KEYS[1]},gas\n`, /line 3: kind: expected heat, water, electricity or nothing, got "gas"/],
      [`${good}1,${KEYS[1]},\n`, /line 3: serial: 0000001 stands in line 2 already/],
      [`${good}2,${KEYS[1]},\n0000001,${KEYS[1]},\n`, /line 4: serial: 0000001 stands in line 2 already/],
      [`${good}2,"${KEYS[1]},\n3,4,5\n`, /line 3: a quotation mark/],
      [`${good}2,${KEYS[1]}",\n3,4,5\n`, /line 3: a quotation mark/],
      [`${good}# "x\n\n2,"${KEYS[1]}"1,\n3,4,5\n`, /line 5: a quotation mark/],
      ['"serial,key\n', /line 1: a quotation mark/],
    ] as const)
      throws(
        () => register(text),
        (error: Error) =>
          error instanceof UsageError && reason.test(error.message) && !error.message.includes(KEYS[1].slice(2, 20)),
        `${JSON.stringify(text)}: ${reason}`,
      )
  })

  it('counts lines as an editor does, also behind a field of several', () => {
    throws(() => register(`serial,key,name\r\n1,${KEYS[0]},"a\r\nb"\r\n2,x,\r\n`), /line 4: key/)
  })
})

describe('fleet keys', () => {
  const { meterlogger } = commandLine()
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-fleet-'))
  after(() => rmSync(folder, { recursive: true }))

  it('are a register of different keys for numbers in a row', () => {
    const { devices } = register(newRegister(200, 9_999_900))
    equal(devices[0]!.serial, '9999900')
    equal(devices[199]!.serial, '10000099')
    equal(new Set(devices.map(({ key }) => toHex(key))).size, 200)
    throws(() => newRegister(2, 999_999_999_999), /more than 12 digits/)
  })

  it('go to a file that nobody else can read and that was not there', async () => {
    const out = join(folder, 'new.csv')
    const args = ['fleet', 'keys', '--count', '2', '--serial', '42', '--out', out]
    const { code, out: text } = await meterlogger(args)
    deepEqual([code, text], [0, ''])
    const one = await meterlogger(['fleet', 'keys', '--count', '1', '--serial', '1', '--out', join(folder, 'one.csv')])
    ok(one.err.startsWith(`1 key in ${folder}`), one.err)
    equal(statSync(out).mode & 0o777, 0o600)
    const before = readFileSync(out, 'utf8')
    deepEqual(
      register(before).devices.map(({ serial }) => serial),
      ['0000042', '0000043'],
    )
    const again = await meterlogger(args)
    equal(again.code, 2)
    ok(again.err.includes('not overwritten'))
    equal(readFileSync(out, 'utf8'), before)
  })
})

describe('--keys', () => {
  const { start, meterlogger } = commandLine()
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-keys-'))
  const keys = join(folder, 'keys.csv')
  before(() => writeFileSync(keys, `serial,key\n42,${KEYS[0]}\n43,${KEYS[1]}\n`, { mode: 0o600 }))
  after(() => rmSync(folder, { recursive: true }))

  it('chooses by the serial number in the topic, of seal and open', async () => {
    for (const [serial, key] of [
      ['0000042', KEYS[0]],
      ['0000043', KEYS[1]],
    ] as const) {
      const topic = `/ping/v2/${serial}/1700000000`
      const sealed = await meterlogger(['seal', 'hej', '--topic', topic, '--keys', keys])
      deepEqual([sealed.code, sealed.err], [0, ''])
      equal((await meterlogger(['open', sealed.out.trim(), '--topic', topic, '--key', key])).out, 'hej\n')
      equal((await meterlogger(['open', sealed.out.trim(), '--topic', topic, '--keys', keys])).out, 'hej\n')
    }
    for (const [args, reason] of [
      [['seal', 'hej', '--topic', '/ping/v2/44/1', '--keys', keys], /no device "44" in /],
      [['seal', 'hej', '--topic', 'hello', '--keys', keys], /no device "" in /],
      [['seal', 'hej', '--topic', '/ping/v2/42/1', '--keys', keys, '--key', KEYS[0]], /cannot be used with/],
      [['seal', 'hej', '--topic', '/ping/v2/42/1', '--keys', join(folder, 'none.csv')], /no such file/],
      [['send', 'ping', '--broker', 'mqtt://x', '--serial', '44', '--keys', keys], /no device "44" in /],
    ] as const) {
      const { code, err } = await meterlogger(args)
      equal(code, 2, err)
      ok(reason.test(err), err)
    }
  })

  it('opens the messages of each device, of listen, and says of which it has no key', async () => {
    const broker = await EmbeddedBroker.listen(0)
    const child = start('listen', '--broker', broker.url, '--keys', keys)
    const [out, err] = [new Lines(child.stdout), new Lines(child.stderr)]
    await err.find(/^listening on /)
    const devices = await connectAsync(broker.url)
    for (const [serial, key] of [
      ['0000042', KEYS[0]],
      ['0000043', KEYS[1]],
      ['0000044', KEYS[1]],
    ] as const) {
      const topic = `/ping/v2/${serial}/1700000000`
      const envelope = new Envelope(nodeCrypto, Buffer.from(key, 'hex'))
      await devices.publishAsync(topic, Buffer.from(envelope.seal(topic, `of ${serial}`)), { qos: 1 })
    }
    equal(await err.find(/0000044/), '/ping/v2/0000044/1700000000: no key of this device')
    deepEqual(
      out.all.map((line) => line.slice(-10)),
      ['of 0000042', 'of 0000043'],
    )
    await devices.endAsync(true)
    await broker.close()
  })

  it('that others can read are warned of once', async () => {
    const args = ['seal', 'hej', '--topic', '/ping/v2/42/1', '--keys', keys]
    chmodSync(keys, 0o644)
    const { code, err } = await meterlogger(args)
    chmodSync(keys, 0o600)
    equal(code, 0)
    equal(err, `${keys}: others on this computer can read it; chmod 600 ends that\n`)
  })
})
