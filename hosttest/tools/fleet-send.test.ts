// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { commandFilter } from '../../modules/delivery/topics.js'
import { Envelope } from '../../modules/mqttcrypto/envelope.js'
import { newRegister } from '../../tools/fleet.js'
import { parseRegister } from '../../tools/key-register.js'
import { EmbeddedBroker } from '../../twin/broker.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { commandLine } from '../support/cli.js'
import { Gate } from '../support/gate.js'
import { Lines } from '../support/lines.js'

const FIRST = 7_000_001
/** A device takes no command of half an hour ago, and its clock runs away from ours. */
const SPEED = '15'
const SERIALS = [0, 1, 2].map((i) => String(FIRST + i))

describe('twin --fleet', () => {
  const { start, meterlogger } = commandLine()

  it('writes a register of its keys, with which others read and command it; it ends on a signal', async () => {
    const child = start('twin', '--fleet', '3', '--speed', SPEED, '--serial', String(FIRST))
    const [out, err] = [new Lines(child.stdout), new Lines(child.stderr)]
    const url = (await err.find(/^broker /)).slice('broker '.length)
    const keys = (await err.find(/^keys /)).slice('keys '.length)
    const { devices } = parseRegister(readFileSync(keys, 'utf8'), keys)
    deepEqual(
      devices.map(({ serial }) => serial),
      SERIALS,
    )
    equal(new Set(devices.map(({ key }) => key.join())).size, 3)
    const heard = new Lines(start('listen', '--broker', url, '--keys', keys, '--json').stdout)
    for (const serial of SERIALS) await heard.find(new RegExp(`"serial":"${serial}","kind":"sample"`))
    const sent = await meterlogger(['fleet', 'send', 'open', '--broker', url, '--keys', keys, '--wait', '120s'])
    deepEqual([sent.code, sent.out.split('\n').sort()], [0, ['', ...SERIALS.map((serial) => `${serial}  open`)]])
    const ended = once(child, 'close')
    child.kill('SIGINT')
    deepEqual(await ended, [0, null])
    deepEqual(out.all, [])
    ok(!existsSync(keys))
  })

  it('takes the keys of a register, and with --verbose prints a line a message until --count', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'meterlogger-fleet-keys-'))
    const keys = join(folder, 'keys.csv')
    writeFileSync(keys, newRegister(2, FIRST), { mode: 0o600 })
    const fleet = ['twin', '--keys', keys, '--speed', SPEED, '--verbose', '--count', '4', '--fleet']
    const { code, out, err } = await meterlogger([...fleet, '2'])
    equal(code, 0, err)
    for (const serial of SERIALS.slice(0, 2)) {
      match(out, new RegExp(`/sample/v2/${serial}/[0-9]+ {2}heap=`))
      match(err, new RegExp(`^${serial}: mqtt: connected`, 'm'))
    }
    ok(!err.includes('keys '))
    const few = await meterlogger([...fleet, '3'])
    rmSync(folder, { recursive: true })
    deepEqual([few.code, few.err], [2, `meterlogger: --fleet 3: there are 2 devices in ${keys}\n`])
  })

  it('refuses with 2 what many devices cannot share, and a broker that is not there with 1', async () => {
    for (const more of [['--state', 'x'], ['--uart', 'x'], ['--bluetooth'], ['--fresh'], ['--portal-port', '9']]) {
      const { code, err } = await meterlogger(['twin', '--fleet', '2', ...more])
      equal(code, 2, err)
      match(err, /cannot be used with option/)
    }
    const none = await meterlogger(['twin', '--fleet', '0'])
    deepEqual([none.code, /--fleet: expected a number from 1/.test(none.err)], [2, true])
    const away = await meterlogger(['twin', '--fleet', '2', '--broker', 'mqtt://127.0.0.1:1'])
    deepEqual([away.code, /ECONNREFUSED/.test(away.err)], [1, true])
  })
})

describe('fleet send', () => {
  const { start, meterlogger } = commandLine()
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-fleet-send-'))
  const keys = join(folder, 'keys.csv')
  let broker: EmbeddedBroker

  before(async () => {
    const [header, ...lines] = newRegister(3, FIRST).trim().split('\n')
    // The third device does not run.
    const groups = ['north', 'north', 'south']
    writeFileSync(keys, [`${header},group`, ...lines.map((line, i) => `${line},${groups[i]}`), ''].join('\n'), {
      mode: 0o600,
    })
    broker = await EmbeddedBroker.listen(0)
  })

  after(async () => {
    await broker.close()
    rmSync(folder, { recursive: true })
  })

  const args = (...more: readonly string[]) => argsAt(broker.url, ...more)
  const argsAt = (url: string, ...more: readonly string[]) => [
    ...['fleet', 'send', ...more],
    ...['--broker', url, '--keys', keys],
  ]

  /** Two twins that are online. */
  async function twins() {
    const child = start('twin', '--fleet', '2', '--speed', SPEED, '--keys', keys, '--broker', broker.url, '--verbose')
    const out = new Lines(child.stdout)
    for (const serial of SERIALS.slice(0, 2)) await out.find(new RegExp(`/status/v2/${serial}/`))
    return child
  }

  it('prints a line a device; 1 where one has not answered, and with its log it tells those only', async () => {
    await twins()
    const log = join(folder, 'log')
    const limit = ['open_until', '1200000', '--log', log]
    const { code, out, err } = await meterlogger(args(...limit, '--wait', '60s', '--group', 'north'))
    deepEqual([code, out.split('\n').sort()], [0, ['', `${SERIALS[0]}  1200000`, `${SERIALS[1]}  1200000`]], err)
    equal(err, '2 answered\n')
    const again = await meterlogger(args(...limit, '--wait', '1'))
    deepEqual(
      [again.code, again.out.split('\n'), again.err],
      [
        1,
        [
          `${SERIALS[0]}  done before, by the log`,
          `${SERIALS[1]}  done before, by the log`,
          `${SERIALS[2]}  no reply`,
          '',
        ],
        '2 done before, 1 without a reply\n',
      ],
    )
    ok(!readFileSync(log, 'utf8').includes('1200000'))
    // These twins have no update key, and a board answers alike.
    const update = await meterlogger(
      args('update', 'version=9&url=http://x/y', '--group', 'north', '--json', '--wait', '60s'),
    )
    deepEqual([update.code, update.err], [1, '2 refused\n'], update.out)
    match(update.out, /"state":"refused","text":"state=refused&version=9&reason=no update key"/)
    const save = await meterlogger(args('save', '--wait', '0.1', '--serial', SERIALS[2]!))
    equal(save.err, '1 without a reply. Not every build has save (impulse builds).\n')
    // Another limit is another thing to tell.
    const other = await meterlogger(
      args('open_until', '1300000', '--log', log, '--serial', SERIALS[0]!, '--wait', '60'),
    )
    deepEqual([other.code, other.out], [0, `${SERIALS[0]}  1300000\n`])
  })

  it('ends with 0 where a command has no reply, and says so', async () => {
    const { code, out, err } = await meterlogger(args('reconnect'))
    deepEqual([code, out], [0, SERIALS.map((serial) => `${serial}  sent\n`).join('')])
    equal(err, 'reconnect has no reply\n3 sent\n')
  })

  /** Somebody who hears what the first device is told, and resolves with that. */
  async function firstDevice(at = broker) {
    const client = await connectAsync(at.url)
    const told = new Promise<Buffer>((resolve) => client.once('message', (_topic, message) => resolve(message)))
    await client.subscribeAsync(commandFilter(SERIALS[0]!))
    return { client, told }
  }

  it('goes on when the broker was away: it tells the device again', async () => {
    const gate = await Gate.make()
    gate.open(broker)
    const before = await firstDevice()
    const child = start(...argsAt(gate.url, 'uptime', '--wait', '300s', '--serial', SERIALS[0]!))
    const [out, err] = [new Lines(child.stdout), new Lines(child.stderr)]
    const first = await before.told
    await before.client.endAsync(true)
    gate.shut()
    await err.find(/^the broker is lost; trying again$/)
    const other = await EmbeddedBroker.listen(0)
    const { client, told } = await firstDevice(other)
    try {
      gate.open(other)
      const closed = once(child, 'close')
      deepEqual(await told, first)
      const topic = `/uptime/v2/${SERIALS[0]}/${Math.floor(Date.now() / 1000)}`
      const { key } = parseRegister(readFileSync(keys, 'utf8'), keys).find(SERIALS[0]!)!
      await client.publishAsync(topic, Buffer.from(new Envelope(nodeCrypto, key).seal(topic, '77')), { qos: 1 })
      deepEqual([await closed, out.all], [[0, null], [`${SERIALS[0]}  77`]])
    } finally {
      gate.close()
      await client.endAsync(true)
      await other.close()
    }
  })

  it('ends on a signal with 1, and says which devices it has told', async () => {
    const { client, told } = await firstDevice()
    const child = start(...args('ping', '--parallel', '1', '--wait', '1h'))
    const out = new Lines(child.stdout)
    await told
    const closed = once(child, 'close')
    child.kill('SIGTERM')
    deepEqual(await closed, [1, null])
    deepEqual(out.all, [`${SERIALS[0]}  under way`, `${SERIALS[1]}  not told`, `${SERIALS[2]}  not told`])
    await client.endAsync(true)
  })

  it('tells nobody on wrong usage', async () => {
    for (const [more, reason] of [
      [['opne'], /opne: not a command; did you mean open\?$/m],
      [['open_until'], /open_until: needs its parameter/],
      [['open_until', 'much'], /open_until: expected a number/],
      [['set_cron', 'minute=61&command=open'], /set_cron: /],
      [['ping', '--serial', '42'], /no device "42" in /],
      [['ping', '--group', 'west'], /no device of the group "west" in /],
      [['ping', '--group', 'north', '--serial', SERIALS[0]!], /cannot be used with/],
      [['ping', '--parallel', '0'], /--parallel: expected a number from 1/],
      [['ping', '--wait', 'long'], /--wait: expected/],
      [['ping', '--log', keys], /line 1: is none of a log of fleet send/],
    ] as const) {
      const { code, out, err } = await meterlogger(args(...more))
      deepEqual([code, out], [2, ''], `${more}: ${err}`)
      match(err, reason)
    }
    const away = await meterlogger([...args('ping'), '--broker', 'mqtt://127.0.0.1:1'])
    deepEqual([away.code, /ECONNREFUSED/.test(away.err)], [1, true])
  })
})
