// node only
import { deepEqual, equal, match, throws } from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Envelope } from '../../modules/mqttcrypto/envelope.js'
import { UsageError } from '../../tools/errors.js'
import { inStages, parseStages } from '../../tools/stages.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { Operator, registerOf, SHA256, URL, VERSION } from '../support/push.js'

const MINUTE = 60_000
const RELEASED = `twin-${VERSION}-node-KMP-THERMO_NC`
const COMMAND = `version=${VERSION}&url=${URL}`

const good = `state=good&version=${VERSION}`

/** An operator who has begun. */
function begun(count: number, changes?: ConstructorParameters<typeof Operator>[1], path?: string): Operator {
  const operator = new Operator(registerOf(count), changes, path)
  operator.push.start()
  return operator
}

describe('the stages of a roll-out', () => {
  const sizes = (count: number, stages: string) =>
    inStages(
      Array.from({ length: count }, (_, i) => i),
      parseStages(stages),
    ).map(({ length }) => length)

  it('are numbers of devices and shares of all', () => {
    deepEqual(sizes(200, '1,10,100%'), [1, 9, 190])
    deepEqual(sizes(3, '1,10,100%'), [1, 2])
    deepEqual(sizes(7, '1%,50%,100%'), [1, 3, 3])
    deepEqual(sizes(100, '5, 10%'), [5, 5])
    deepEqual(sizes(100, '50,10%,100%'), [50, 50])
    deepEqual(inStages(['a', 'b', 'c'], parseStages('1,100%')), [['a'], ['b', 'c']])
  })

  it('that make no sense are refused', () => {
    for (const text of ['', ',', '0', '1,', '10,1', '1,1', '101%', '0%', '50%,20%', '-1', '1.5', 'all', '1;2', '1e3'])
      throws(() => parseStages(text), UsageError, text)
  })
})

describe('a roll-out', () => {
  it('tells the devices of a stage, and those of the next one when all are good', async () => {
    const operator = begun(12, { stages: parseStages('1,3,100%') })
    const told = () => operator.commands.length
    equal(told(), 1)
    deepEqual(operator.commands[0], { serial: '2000000', name: 'update', payload: COMMAND })
    for (const text of ['accepted', 'fetching', 'restarting'])
      operator.hear(0, `state=${text}&version=${VERSION}&percent=10`)
    await operator.clock.run(MINUTE)
    equal(told(), 1)
    operator.hear(0, good)
    equal(told(), 3)
    operator.hear(1, good)
    equal(told(), 3)
    operator.hear(2, good)
    equal(told(), 12)
    for (let i = 3; i < 12; i++) operator.hear(i, good)
    equal(operator.ended, 1)
    equal(operator.push.finish(), true)
    deepEqual(
      operator.lines,
      Array.from({ length: 12 }, (_, i) => `${operator.serial(i)}  good`),
    )
    deepEqual(operator.said, [
      'stage 1 of 3: 1 to tell',
      '2000000: accepted',
      '2000000: fetching',
      '2000000: restarting',
      'stage 2 of 3: 2 to tell',
      'stage 3 of 3: 9 to tell',
      '12 good',
    ])
  })

  it('has no more devices under way than it may', () => {
    const operator = begun(30, { stages: parseStages('100%'), parallel: 4 })
    for (let i = 0; i < 30; i++) {
      equal(operator.commands.length, Math.min(30, i + 4))
      operator.hear(i, good)
    }
    equal(operator.push.finish(), true)
  })

  it('stops at the first failure: waits for those under way, tells no other, and prints why', () => {
    for (const [text, line] of [
      [`state=refused&version=${VERSION}&reason=other variant`, 'refused: other variant'],
      ['state=refused&reason=url: expected http://host:port/path', 'refused: url: expected http://host:port/path'],
      [`state=failed&version=${VERSION}&reason=network: HTTP 404`, 'failed: network: HTTP 404'],
      [
        `state=rolled_back&version=${VERSION}&reason=the broker was not reached`,
        'rolled_back: the broker was not reached',
      ],
    ] as const) {
      const operator = begun(8, { stages: parseStages('1,4,100%') })
      operator.hear(0, good)
      operator.hear(2, text)
      equal(operator.ended, 0)
      operator.hear(3, good)
      equal(operator.ended, 0)
      operator.hear(1, good)
      equal(operator.ended, 1)
      equal(operator.commands.length, 4)
      equal(operator.push.finish(), false)
      deepEqual(operator.lines, [
        '2000000  good',
        `2000002  ${line}`,
        '2000003  good',
        '2000001  good',
        ...[4, 5, 6, 7].map((i) => `200000${i}  not told`),
      ])
      equal(operator.said.at(-1), `3 good, 1 ${line.split(':')[0]}, 4 not told`)
    }
  })

  it('takes a device for failed that tells nothing', async () => {
    const operator = begun(2, { patience: 30 * MINUTE })
    await operator.clock.run(20 * MINUTE)
    operator.hear(0, `state=fetching&version=${VERSION}&percent=10`)
    await operator.clock.run(29 * MINUTE)
    equal(operator.ended, 0)
    await operator.clock.run(2 * MINUTE)
    equal(operator.ended, 1)
    equal(operator.push.finish(), false)
    deepEqual(operator.lines, ['2000000  silent', '2000001  not told'])
  })

  it('tells a device again until it answers, and again when it was busy', async () => {
    const operator = begun(1)
    await operator.clock.run(3.5 * MINUTE)
    equal(operator.commands.length, 4)
    operator.hear(0, `state=refused&version=${VERSION}&reason=busy`)
    await operator.clock.run(MINUTE)
    equal(operator.commands.length, 5)
    operator.hear(0, `state=accepted&version=${VERSION}`)
    await operator.clock.run(20 * MINUTE)
    equal(operator.commands.length, 5)
    equal(operator.ended, 0)
    operator.hear(0, good)
    equal(operator.push.finish(), true)
  })

  it('is good where the version runs already', () => {
    const operator = begun(1)
    operator.hear(0, `state=refused&version=${VERSION}&reason=the same version runs`)
    equal(operator.push.finish(), true)
    deepEqual(operator.lines, ['2000000  good: it ran already'])
  })

  it('takes the new version for good when it has run for longer than it may without proving itself', async () => {
    const operator = begun(1)
    operator.hear(0, `state=restarting&version=${VERSION}`)
    operator.hear(0, 'twin-0.1.0-node-KMP-THERMO_NC', 'version')
    operator.hear(0, `twin-${VERSION}1-node-KMP`, 'version')
    await operator.clock.run(8 * MINUTE)
    equal(operator.ended, 0)
    operator.hear(0, RELEASED, 'version')
    await operator.clock.run(6 * MINUTE)
    equal(operator.ended, 0)
    await operator.clock.run(2 * MINUTE)
    equal(operator.push.finish(), true)
    deepEqual(operator.lines, ['2000000  good'])
  })

  it('believes a rollback after the new version has told its name', async () => {
    const operator = begun(1)
    operator.hear(0, RELEASED, 'version')
    await operator.clock.run(6 * MINUTE)
    operator.hear(0, `state=rolled_back&version=${VERSION}&reason=the meter was not read`)
    equal(operator.push.finish(), false)
    deepEqual(operator.lines, ['2000000  rolled_back: the meter was not read'])
  })

  it('passes over other versions, old recordings, other keys, and devices that are not under way', async () => {
    const operator = begun(3)
    operator.hear(0, 'state=good&version=0.1.9')
    operator.hear(0, good, 'update', operator.unix() - 3_600)
    operator.hear(0, good, 'update', Number.NaN)
    operator.hear(1, good)
    operator.push.onMessage(`/update/v2/2000000/${operator.unix()}`, new Uint8Array(64))
    operator.push.onMessage('/update/v2/7777777/1800000000', new Uint8Array(64))
    operator.push.onMessage('', new Uint8Array(0))
    const topic = `/update/v2/2000000/${operator.unix()}`
    operator.push.onMessage(topic, new Envelope(nodeCrypto, new Uint8Array(16)).seal(topic, good))
    equal(operator.commands.length, 1)
    equal(operator.push.finish(), false)
    deepEqual(operator.lines, ['2000000  under way', '2000001  not told', '2000002  not told'])
  })

  it('escapes what a device tells', () => {
    const operator = begun(1)
    operator.hear(0, `state=refused&version=${VERSION}&reason=\u001b[31m\n2000001  good`)
    deepEqual(operator.lines, ['2000000  refused: \\u001b[31m\\u000a2000001  good'])
  })

  it('goes on when the broker comes back: it tells the devices under way again', async () => {
    const operator = begun(2, { stages: parseStages('100%') })
    operator.isConnected = false
    await operator.clock.run(5 * MINUTE)
    equal(operator.commands.length, 2)
    operator.isConnected = true
    operator.push.onReconnected()
    equal(operator.commands.length, 4)
    operator.hear(0, `state=accepted&version=${VERSION}`)
    // Its good word is lost with the broker.
    operator.push.onReconnected()
    operator.hear(0, `state=refused&version=${VERSION}&reason=the same version runs`)
    operator.hear(1, good)
    equal(operator.push.finish(), true)
    deepEqual(operator.lines, ['2000000  good', '2000001  good'])
  })

  it('says force in the command, and only asks a device that has answered a forced one', async () => {
    const operator = begun(1, { force: true })
    operator.push.onReconnected()
    operator.hear(0, `state=accepted&version=${VERSION}`)
    operator.push.onReconnected()
    deepEqual(
      operator.commands.map(({ name, payload }) => `${name} ${payload}`),
      [`update ${COMMAND}&force=1`, `update ${COMMAND}&force=1`, 'version 1'],
    )
    operator.hear(0, RELEASED, 'version')
    await operator.clock.run(8 * MINUTE)
    equal(operator.push.finish(), true)
  })

  it('that is interrupted tells nothing any more', async () => {
    const operator = begun(3)
    equal(operator.push.finish(), false)
    await operator.clock.run(60 * MINUTE)
    equal(operator.commands.length, 1)
    deepEqual(operator.lines, ['2000000  under way', '2000001  not told', '2000002  not told'])
    equal(operator.said.at(-1), '1 under way, 2 not told')
  })
})

describe('the log of a roll-out', () => {
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-push-log-'))
  let path: string
  let number = 0
  beforeEach(() => (path = join(folder, `${number++}.jsonl`)))
  after(() => rmSync(folder, { recursive: true }))

  const entries = () =>
    readFileSync(path, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))

  it('has a line for how it ended on each device', () => {
    const operator = begun(2, { stages: parseStages('100%') }, path)
    operator.hear(0, good)
    operator.hear(1, `state=refused&version=${VERSION}&reason=flash`)
    const common = { version: VERSION, sha256: SHA256 }
    for (const { time } of entries()) match(time, /^\d{4}-.*Z$/)
    deepEqual(
      entries().map(({ time, ...rest }) => rest),
      [
        { serial: '2000000', ...common, state: 'good' },
        { serial: '2000001', ...common, state: 'refused', reason: 'flash' },
      ],
    )
  })

  it('lets a second run go on where the first one stopped', () => {
    const register = registerOf(6)
    const begin = () => {
      const operator = new Operator(register, { stages: parseStages('1,3,100%') }, path)
      operator.push.start()
      return operator
    }
    const first = begin()
    first.hear(0, good)
    first.hear(1, good)
    first.hear(2, `state=rolled_back&version=${VERSION}&reason=the broker was not reached`)
    equal(first.push.finish(), false)
    const second = begin()
    deepEqual(second.lines, ['2000000  good: by the log', '2000001  good: by the log'])
    deepEqual(
      second.commands.map(({ serial }) => serial),
      ['2000002'],
    )
    for (let i = 2; i < 6; i++) second.hear(i, good)
    equal(second.push.finish(), true)
    const third = begin()
    deepEqual([third.ended, third.commands, third.push.finish()], [1, [], true])
  })

  it('counts for the image that it was, and the last word of a device counts', () => {
    const line = (serial: string, sha256: string, state: string) => JSON.stringify({ serial, sha256, state })
    const lines = [
      line('2000000', SHA256, 'good'),
      line('2000000', SHA256, 'silent'),
      line('2000001', 'cd'.repeat(32), 'good'),
      line('2000002', SHA256, 'failed'),
      line('2000002', SHA256, 'good'),
    ]
    writeFileSync(path, `${lines.join('\n')}\n{"serial":"20000`)
    const operator = begun(3, { stages: parseStages('100%') }, path)
    deepEqual(operator.lines, ['2000002  good: by the log'])
    operator.hear(0, good)
    // What a power cut has left of a line is gone, and the next one stands alone.
    equal(entries().length, 6)
  })

  it('that is something else, or cannot be written, is refused before any device is told', () => {
    for (const text of ['serial,key\n', '[]\n', 'null\n', '{"serial":1,"sha256":"","state":""}\n']) {
      writeFileSync(path, text)
      throws(() => begun(1, {}, path), /line 1: is none of a log of update push/, text)
      equal(readFileSync(path, 'utf8'), text)
    }
    throws(() => begun(1, {}, join(folder, 'none', 'log')), /--log: /)
  })

  it('that takes nothing any more ends the roll-out, and the device has its line', () => {
    path = join(mkdtempSync(join(folder, 'lost-')), 'log')
    const operator = begun(12, {}, path)
    rmSync(dirname(path), { recursive: true })
    operator.hear(0, good)
    match(String(operator.error), /--log: /)
    deepEqual([operator.lines, operator.commands.length], [['2000000  good'], 1])
  })
})
