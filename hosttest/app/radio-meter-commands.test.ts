// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { testTwin } from '../../twin/virtual.js'
import { HOST } from '../support/host-texts.js'

const KEY = '000102030405060708090a0b0c0d0e0f'
const WATER = '12345678'
const OTHER = '87654321'
/** The server repeats a command so often until it is answered. */
const REPEAT = 10_000

/** What the server's pages and cron jobs ask every meter. */
const POLLS = [
  'version',
  'status',
  'uptime',
  'ssid',
  'rssi',
  'wifi_status',
  'ap_status',
  'reset_reason',
  'network_quality',
  'chip_id',
  'flash_id',
  'flash_size',
  'ping',
  'mem',
  'vdd',
  'stack_trace',
]

/** A heat meter with two radio meters beside it, and the operators' server. */
function setUp(flags: Record<string, string> = { BLE: '1' }) {
  const device = testTwin({ WATER_METERS: `${WATER}:${KEY},${OTHER}:${KEY}`, ...flags })
  const { clock, messages, send } = device

  const replies = async (serial: string, name: string, payload = '1') => {
    const before = messages().length
    send(name, payload, { serial })
    await clock.run(1_000)
    return messages()
      .slice(before)
      .filter(({ kind }) => kind !== 'sample' && kind !== 'meter_info')
      .map((message) => `${message.serial} ${message.kind} ${message.text}`.trim())
  }

  /** How often the server has to send a payment: the queue is cleared by an answer that is less than 1 from the amount. */
  const pay = async (serial: string, name: string, amount: string) => {
    for (let sent = 1; sent <= 10; sent++) {
      const before = messages().length
      send(name, amount, { serial })
      await clock.run(REPEAT)
      const answers = messages()
        .slice(before)
        .filter((answer) => answer.kind === name && answer.serial === serial)
      if (answers.some(({ text }) => Math.abs(Number(amount) - Number(text)) < 1)) return sent
    }
    return Number.POSITIVE_INFINITY
  }
  return { ...device, replies, pay }
}

describe('a radio meter beside a heat meter', () => {
  it('answers every poll under its own number as the device does', async () => {
    const { online, replies } = setUp()
    await online()
    for (const name of POLLS) {
      const own = await replies('1234567', name)
      const water = await replies(WATER, name)
      equal(water.length, 1, name)
      const same = (text: string) => text.replace(/^\S+ /, '').replace(/^uptime .*/, 'uptime')
      if (name === 'status') deepEqual(water, [`${WATER} status open`])
      else deepEqual(water.map(same), own.map(same))
      ok(water.every((text) => text.startsWith(`${WATER} ${name}`)))
    }
    deepEqual(await replies(OTHER, 'version'), [`${OTHER} version ${HOST.version}-KMP-THERMO_NC-DEBUG_STACK_TRACE`])
    equal(
      (await replies(WATER, 'scan')).every((text) => text.startsWith(`${WATER} scan_result ssid=`)),
      true,
    )
  })

  for (const [name, amount] of [
    ['open_until', '99999'],
    ['open_until', '1234.56789'],
    ['open_until_delta', '25.5'],
  ] as const)
    it(`has ${name} ${amount} answered once, so that the server does not repeat it`, async () => {
      const { online, pay, replies } = setUp()
      await online()
      equal(await pay(WATER, name, amount), 1)
      deepEqual(await replies(WATER, 'status'), [`${WATER} status open`])
    })

  it('is paid without a move of the heating valve, of its limit or of the flash', async () => {
    const { online, twin, pay, replies, storage } = setUp()
    await online()
    deepEqual(await replies('1234567', 'open_until', '57000'), ['1234567 open_until 57000', '1234567 status open'])
    deepEqual(await replies('1234567', 'close'), [])
    const { changes } = twin.ac1
    const writes = storage.writes('settings') + storage.writes('tags')
    equal(await pay(WATER, 'open_until', '99999'), 1)
    equal(await pay(WATER, 'open_until_delta', '500'), 1)
    for (const name of ['open', 'close', 'open']) deepEqual(await replies(WATER, name), [])
    deepEqual([twin.ac1.level, twin.ac1.changes], [0, changes])
    equal(storage.writes('settings') + storage.writes('tags'), writes)
    deepEqual(await replies('1234567', 'status'), ['1234567 status close'])
    deepEqual(await replies('1234567', 'open_until', 'x'), ['1234567 open_until 57000', '1234567 status close'])
  })

  it('has no amount answered with 0', async () => {
    const { online, replies } = setUp()
    await online()
    for (const text of ['x', '-1', ''])
      deepEqual(await replies(WATER, 'open_until', text), [`${WATER} open_until 0.000`, `${WATER} status open`])
  })

  it('takes no command that changes the device', async () => {
    const { online, replies, storage, log, broker } = setUp()
    await online()
    const writes = storage.writes('settings') + storage.writes('tags')
    const names = [
      'restart',
      'reconnect',
      'set_ssid',
      'set_ssid_pwd',
      'start_ap',
      'stop_ap',
      'set_ap_mesh_pwd',
      'set_cron',
    ]
    for (const name of names) deepEqual(await replies(WATER, name, 'ssid=a&pwd=b'), [])
    for (const name of names)
      ok(
        log.includes(
          `command refused: ${name} is for the device's own number, not for that of the radio meter ${WATER}`,
        ),
        name,
      )
    equal(storage.writes('settings') + storage.writes('tags'), writes)
    equal(broker.connections, 1)
  })

  it('is heard again after the connection was lost, and after the broker has forgotten the session', async () => {
    const { clock, online, broker, replies } = setUp()
    await online()
    broker.cut()
    await clock.run(15_000)
    deepEqual(await replies(WATER, 'ping'), [`${WATER} ping`])
    broker.forget()
    await clock.run(15_000)
    deepEqual(await replies(WATER, 'ping'), [`${WATER} ping`])
    deepEqual(await replies(OTHER, 'ping'), [`${OTHER} ping`])
  })
})

describe('a device that a radio meter names', () => {
  it('has the valve under that number, and answers for the other meters', async () => {
    const { clock, online, replies, twin } = setUp({ FLOWIQ: '1', AUTO_CLOSE: '0' })
    await online()
    await clock.run(120_000)
    deepEqual(await replies(OTHER, 'open_until', '5000'), [`${OTHER} open_until 5000.000`, `${OTHER} status open`])
    equal(twin.ac1.level, 0)
    deepEqual(await replies(WATER, 'open_until', '5000'), [`${WATER} open_until 5000.000`, `${WATER} status open`])
    equal(twin.ac1.level, 1)
  })
})
