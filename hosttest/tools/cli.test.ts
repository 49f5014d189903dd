import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromHex, toHex } from '../../modules/codec/hex.js'
import { GET_REGISTER, GET_SERIAL_NO, START_FROM_METER, START_TO_METER } from '../../modules/kmp/constants.js'
import { decodeFrame, encodeFrame } from '../../modules/kmp/frame.js'
import { EmbeddedBroker } from '../../twin/broker.js'
import { COMMAND, commandLine, KEY } from '../support/cli.js'
import { Lines } from '../support/lines.js'

const TOPIC = '/ping/v2/1234567/1700000000'
const IV = '000102030405060708090a0b0c0d0e0f'
const README_REPLY =
  '403f10003c0304430000dd9600442804420002041f03ec2e040000011e6f0056250442000009390057250442000008ab00592604420000008e004a29040000000000005016044100000000' +
  '05cc0d'

describe('meterlogger', () => {
  const { children, meterlogger } = commandLine()

  it('says what it can do', async () => {
    const child = children.node([COMMAND, '--help'], process.env)
    const lines = new Lines(child.stdout)
    const [code] = await once(child, 'close')
    equal(code, 0)
    const out = lines.all.join('\n')
    for (const name of [
      'twin',
      'seal',
      'open',
      'send',
      'listen',
      'bridge',
      'kmp',
      'en61107',
      'wmbus',
      'vw1871',
      'kem',
      'doctor',
      'meter',
      'fleet',
      'image',
      'update',
      'label',
      'completion',
    ])
      match(out, new RegExp(`^ +${name} `, 'm'))
  })

  it('says which options must be given, and what those are that may', async () => {
    const helpOf = async (...names: string[]) => (await meterlogger([...names, '--help'])).out.replace(/\s+/g, ' ')
    const status = await helpOf('fleet', 'status')
    match(status, / --database <url> [^<]* has it \(required\) --keys /)
    match(status, / --silent <duration> [^<]*\(default: 15m\)/)
    const twin = await helpOf('twin')
    ok(!/\(required\)|\(default: [{[]/.test(twin), twin)
  })

  it('ends with 2 and the reason on wrong usage', async () => {
    for (const [args, reason] of [
      [[], /Usage/],
      [['nonsense'], /unknown command 'nonsense'/],
      [['seal', 'text', '--topic', 't'], /no key: give --key, --key-file or the environment variable KEY/],
      [['seal', 'text', '--key', KEY], /required option '--topic <topic>'/],
      [['seal', 'text', '--topic', 't', '--key', 'ab'], /the key is not 32 hex digits/],
      [['seal', 'text', '--topic', 't', '--key', KEY, '--iv', '00'], /--iv: expected 16 bytes, got 1/],
      [['open', 'xyz', '--topic', 't', '--key', KEY], /expected hex digits/],
      [['open', '00', '--topic', 't', '--key-file', '/nowhere'], /no such file/],
      [['kmp', 'decode', '4'], /expected hex digits/],
      [['send', 'ping', '--broker', 'http://x', '--serial', '1', '--key', KEY], /expected mqtt:\/\/host:port/],
      [['send', 'ping', '--broker', 'mqtt://x', '--serial', 'x', '--key', KEY], /expected 1 to 12 digits/],
      [
        ['send', 'opne', '--broker', 'mqtt://x', '--serial', '1', '--key', KEY],
        /opne: not a command; did you mean open\?$/m,
      ],
      [['send', 'set_pwd', '--broker', 'mqtt://x', '--serial', '1', '--key', KEY], /set_pwd: needs its parameter/],
      [['send', 'open_until', 'much', '--broker', 'mqtt://x', '--serial', '1', '--key', KEY], /expected a number/],
      [['send', 'ping', '--broker', 'mqtt://me:secret%@x', '--serial', '1', '--key', KEY], /me:\*\*\*@x/],
      [['twin', '--password-file', '/nowhere'], /--password-file: there is no --broker/],
      [['twin', '--count', '0'], /--count: expected a number from 1/],
      [['twin', '--meter', 'gas'], /--meter/],
      [['twin', '--flag', 'IMPULS=1'], /IMPULS: not a build option/],
      [['twin', '--flag', 'DEBUG'], /--flag: expected NAME=VALUE, got "DEBUG"/],
      [['twin', '--uart', '/dev/null', '--speed', '2'], /a real meter on --uart keeps real time/],
    ] as const) {
      const { code, out, err } = await meterlogger(args)
      equal(code, 2, `${args.join(' ')}: ${err}`)
      match(err, reason)
      equal(out, '')
    }
  })

  it('seals what it opens, by argument and by standard input', async () => {
    const common = ['--topic', TOPIC, '--key', KEY]
    const sealed = await meterlogger(['seal', 'hej', '--iv', IV, ...common])
    equal(sealed.code, 0)
    match(sealed.out, /^[0-9a-f]{128}\n$/)
    deepEqual((await meterlogger(['seal', '--iv', IV, ...common], 'hej\n')).out, sealed.out)
    equal((await meterlogger(['open', sealed.out.trim(), ...common])).out, 'hej\n')
    equal((await meterlogger(['open', ...common], sealed.out)).out, 'hej\n')
  })

  it('takes the key from a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'meterlogger-'))
    writeFileSync(join(folder, 'key'), `${KEY}\n`)
    const { code } = await meterlogger(['seal', 'x', '--topic', TOPIC, '--key-file', join(folder, 'key')])
    rmSync(folder, { recursive: true })
    equal(code, 0)
  })

  it('ends with 1 and names the check that failed', async () => {
    const sealed = (await meterlogger(['seal', 'x', '--iv', IV, '--topic', TOPIC, '--key', KEY])).out.trim()
    for (const [topic, hex, reason] of [
      ['/other', sealed, /hmac/],
      [TOPIC, sealed.slice(2), /length/],
    ] as const) {
      const { code, err } = await meterlogger(['open', hex, '--topic', topic, '--key', KEY])
      equal(code, 1)
      match(err, reason)
    }
  })

  it('decodes a KMP frame', async () => {
    const { code, out } = await meterlogger(['kmp', 'decode', README_REPLY])
    equal(code, 0)
    const { result, cid, registers } = JSON.parse(out)
    deepEqual([result, cid, registers.length], ['ok', 16, 8])
    deepEqual(registers[1], { id: 68, name: 'V1', value: '1321.27', unit: 'm3' })
    const broken = await meterlogger(['kmp', 'decode', README_REPLY.replace('cc0d', 'cd0d')])
    equal(broken.code, 1)
    match(JSON.parse(broken.out).result, /^crc: expected/)
  })

  it('decodes all frames of a KMP dump, one a line', async () => {
    const request = '803f0235e90d'
    const reply = '403f0200bc614eb4830d'
    const { code, out, err } = await meterlogger([
      'kmp',
      'decode',
      `00${request}0606${reply}${request.slice(0, 8)}${reply}`,
    ])
    equal(code, 1)
    deepEqual(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .map(({ result, cid, serial, data }) => [result.replace(/ \(frame.*/, ''), cid, serial ?? data]),
      [
        ['ok', 2, ''],
        ['ok', 2, '12345678'],
        ['length: expected at least 6 bytes, got 4', undefined, undefined],
        ['ok', 2, '12345678'],
      ],
    )
    match(err, /^passed over between frames: 00$/m)
    match(err, /^passed over between frames: 0606$/m)
    equal((await meterlogger(['kmp', 'decode', request + reply])).code, 0)
    match((await meterlogger(['kmp', 'decode', '0606'])).err, /length: expected at least 6 bytes, got 2/)
  })

  it('decodes KMP registers of any length, and says which have no value', async () => {
    const reply = (data: string) => toHex(encodeFrame(START_FROM_METER, GET_REGISTER, fromHex(data)!))
    const decoded = async (data: string) => JSON.parse((await meterlogger(['kmp', 'decode', reply(data)])).out)
    deepEqual((await decoded('003c030543ff00000001')).registers, [
      { id: 60, name: 'E1', value: '1095216660.481', unit: 'MWh' },
    ])
    deepEqual((await decoded(`003c030ac2${'ff'.repeat(10)}`)).registers[0].value, '-12089258196146291747061.75')
    deepEqual(await decoded('003c03004300562502421438'), {
      result: 'ok',
      cid: 16,
      registers: [{ id: 86, name: 'T1', value: '51.76', unit: 'C' }],
      unread: [{ id: 60, name: 'E1', reason: 'a value of no bytes' }],
    })
  })

  it('decodes EN 61107, with parity and without', async () => {
    const block =
      '2f4b414d204d430d0a02302e30283030303030303630303137290d0a362e3828303530372e3130392a4d5768290d0a362e32362831323936362e32362a6d33290d0a362e333128303033323637332a6829210d0a0349'
    const { code, out } = await meterlogger(['en61107', 'decode', block])
    equal(code, 0)
    deepEqual(JSON.parse(out), {
      result: 'ok',
      ident: 'KAM MC',
      serial: '60017',
      registers: [
        { name: 'e1', value: '507.109', unit: 'MWh' },
        { name: 'v1', value: '12966.26', unit: 'm3' },
        { name: 'hr', value: '32673', unit: 'h' },
      ],
    })
    const line =
      '3030303638313220303032313837352030303033333736203030303030303020303030303030302030303030303739203030303030303020303030303033312 00d'
    const standard = await meterlogger(['en61107', 'decode', line.replace(' ', '')])
    deepEqual(JSON.parse(standard.out).registers[1], { name: 't3', value: '0021875' })
    const echoed = await meterlogger(['en61107', 'decode', `2f2343${line.replace(' ', '')}`])
    equal(echoed.out, standard.out)
    const broken = await meterlogger(['en61107', 'decode', block.replace(/49$/, '48')])
    equal(broken.code, 1)
    match(broken.err, /bcc: expected 49, got 48/)
  })

  it('decodes the notifications of a VW1871, one session a line', async () => {
    const characteristic = '49535343-1E4D-4BD9-BA61-23C647249616'
    const frame_hex = '25442D2C703749741F168D20B4231B02216F07DDD3EFA318553DDFEE5134DB3985C5DB84A7E6'
    const record = `FBFBFBF011012508DCDF916261AD01${frame_hex}E8CBFEFE0E0F`
    const notify = (hex: string) => ({ t: '2025-08-13T08:47:48', characteristic, hex })
    const session = [
      { t: '', characteristic: '0000fec8-0000-1000-8000-00805f9b34fb', hex: record },
      notify(record.slice(0, 40)),
      notify(`${record.slice(40)}0D0A48690D0A`),
      notify('FBFCFCF0D80EFEFE0E0F'),
    ]
    const lines = [session, [notify(record.replace('E8CB', 'E8CC'))]]
    const { code, out, err } = await meterlogger(
      ['vw1871', 'decode', '--jsonl'],
      lines.map((notifications) => `${JSON.stringify({ notifications })}\n`).join(''),
    )
    equal(code, 0, err)
    deepEqual(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
      [
        {
          items: [
            { kind: 'telegram', serial: '08250111', clock: 1653727196, rssi: -83, frame_hex },
            { kind: 'text', text: '\r\nHi\r\n' },
            { kind: 'battery', millivolt: 3800 },
          ],
          resync: 0,
        },
        { items: [], resync: 1 },
      ],
    )
    for (const [line, reason] of [
      ['{', /^meterlogger: line 2: .*JSON/],
      ['null', /line 2: expected {"notifications"/],
      ['{"notifications":[{"characteristic":"ff01","hex":"0"}]}', /line 2: notification 1: expected hex/],
    ] as const) {
      const wrong = await meterlogger(['vw1871', 'decode', '--jsonl'], `{"notifications":[]}\n${line}\n`)
      equal(wrong.code, 2)
      match(wrong.err, reason)
    }
  })

  it('says when a serial line is not there', async () => {
    const { code, err } = await meterlogger(['doctor', '--uart', '/dev/nowhere'])
    equal(code, 1)
    match(err, /\/dev\/nowhere/)
  })

  it('ends with 1 when there is no broker or no reply', async () => {
    const common = ['--serial', '1', '--key', KEY]
    const none = await meterlogger(['send', 'ping', '--broker', 'mqtt://127.0.0.1:1', ...common])
    equal(none.code, 1)
    match(none.err, /mqtt:\/\/127.0.0.1:1: .*ECONNREFUSED/)
    const broker = await EmbeddedBroker.listen(0)
    const silent = await meterlogger(['send', 'ping', '--wait', '0.5', '--broker', broker.url, ...common])
    const elsewhere = await meterlogger(['send', 'save', '--wait', '0.1', '--broker', broker.url, ...common])
    await broker.close()
    equal(silent.code, 1)
    match(silent.err, /no reply to ping within 0.5 s; .*this key\?$/m)
    match(elsewhere.err, /this key\? Not every build has save \(impulse builds\)\.$/m)
  })
})

describe('meterlogger meter', () => {
  const { start } = commandLine()

  it('answers on standard output as a MULTICAL does on its line, and ends with its input', async () => {
    const child = start('meter', '--serial', '6543210')
    const reply: Buffer[] = []
    child.stdout.on('data', (data: Buffer) => reply.push(data))
    child.stdin.end(encodeFrame(START_TO_METER, GET_SERIAL_NO, new Uint8Array(0)))
    const [code] = await once(child, 'close')
    equal(code, 0)
    const frame = decodeFrame(Buffer.concat(reply))
    ok(frame.ok)
    deepEqual([frame.value.cid, ...frame.value.data], [GET_SERIAL_NO, 0x00, 0x63, 0xd7, 0x6a])
  })
})

describe('meterlogger twin', () => {
  const { start, meterlogger } = commandLine()

  it('prints opened samples, and ends after --count', async () => {
    const { code, out, err } = await meterlogger(['twin', '--count', '2', '--speed', '5'])
    equal(code, 0, err)
    match(err, /^broker mqtt:\/\/127\.0\.0\.1:[0-9]+$/m)
    match(err, /^portal http:\/\/127\.0\.0\.1:[0-9]+\/$/m)
    const samples = out.split('\n').filter((line) => line.includes('/sample/'))
    equal(samples.length, 2)
    match(samples[0]!, /^[0-9-]{10} [0-9:]{8} {2}\/sample\/v2\/[0-9]{7}\/[0-9]+ {2}heap=.*e1=[0-9.]+ MWh&$/)
  })

  it('takes commands on standard input, and beside it from send; listen sees both', async () => {
    const child = start('twin', '--speed', '5', '--serial', '42')
    const out = new Lines(child.stdout)
    const err = new Lines(child.stderr)
    const url = (await err.find(/^broker /)).slice('broker '.length)
    const listening = start('listen', '--broker', url, '--json', '--key', KEY)
    const heard = new Lines(listening.stdout)
    await new Lines(listening.stderr).find(/^listening on /)
    await out.find(/\/reset_reason\//)
    child.stdin.write('ping\n')
    await out.find(/\/ping\/v2\/0000042\//)
    const sent = await meterlogger([
      ...['send', 'version', '--broker', url, '--serial', '42', '--wait', '300', '--key', KEY],
    ])
    equal(sent.code, 0, sent.err)
    match(sent.out, /^twin-[0-9.]+-node-KMP/)
    const command = (...args: string[]) =>
      meterlogger(['send', ...args, '--broker', url, '--serial', '42', '--wait', '300', '--key', KEY])
    const { code, out: status } = await command('open')
    deepEqual([code, status], [0, 'open\n'])
    const refused = await command('start_ap')
    deepEqual([refused.code, refused.out], [1, 'refused: no password, see set_ap_mesh_pwd\n'])
    const json = await command('start_ap', '--json')
    equal(json.code, 1)
    const text = 'refused: no password, see set_ap_mesh_pwd'
    deepEqual(JSON.parse(json.out), { serial: '0000042', command: 'start_ap', state: 'refused', text })
    const scan = await command('scan')
    deepEqual([scan.code, scan.out.trim().split('\n').length], [0, 2], scan.out)
    const silent = await command('reconnect')
    deepEqual([silent.code, silent.out, silent.err], [0, '', 'reconnect has no reply\n'])
    child.stdin.write('opne\n')
    await err.find(/^opne: not a command; did you mean open\?$/)
    const ping = JSON.parse(await heard.find(/"kind":"ping"/))
    deepEqual([ping.serial, ping.text], ['0000042', ''])
    await heard.find(/"kind":"version"/)
    child.stdin.write('!line silent on\n')
    equal(await err.find(/^line silent/), 'line silent on: done')
  })

  it('beside others takes ports of its own', async () => {
    const twins = Array.from({ length: 3 }, () => new Lines(start('twin', '--meter', 'none').stderr))
    for (const what of [/^broker /, /^portal /]) {
      const urls = await Promise.all(twins.map((lines) => lines.find(what)))
      equal(new Set(urls).size, 3)
    }
  })

  it('of a radio meter ends after --count and on a signal, although the air is full', async () => {
    const meter = ['twin', '--meter', 'flowiq', '--speed', '20', '--flag', `WATER_METERS=12345678:${KEY}`]
    const counted = await meterlogger([...meter, '--count', '1'])
    deepEqual([counted.code, counted.out.includes('/sample/v2/')], [0, true], counted.err)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const child = start(...meter)
      await new Lines(child.stdout).find(/sample/)
      const ended = once(child, 'close')
      child.kill(signal)
      deepEqual(await ended, [0, null])
    }
  })

  it('keeps its flash with --state, where nobody else can read it', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'meterlogger-')), 'state')
    for (let i = 0; i < 2; i++) {
      const { code, err } = await meterlogger(['twin', '--count', '1', '--speed', '5', '--state', folder])
      equal(code, 0, err)
    }
    equal(statSync(folder).mode & 0o777, 0o700)
    const files = readdirSync(folder)
    ok(files.length > 1)
    for (const file of files) equal(statSync(join(folder, file)).mode & 0o777, 0o600, file)
    rmSync(folder, { recursive: true })
  })

  it('as it leaves the factory, has no network and says so', async () => {
    const child = start('twin', '--fresh')
    equal(await new Lines(child.stderr).find(/^wifi/), 'wifi: no network is set up')
  })
})
