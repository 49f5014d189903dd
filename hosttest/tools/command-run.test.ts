// node only
import { deepEqual, equal, match } from 'node:assert/strict'
import { Envelope } from '../../modules/mqttcrypto/envelope.js'
import { type Answer, CommandRun } from '../../tools/command-run.js'
import { envelopesOf } from '../../tools/options.js'
import { VirtualClock } from '../../twin/clock.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { POWER_ON } from '../../twin/virtual.js'
import { registerOf } from '../support/push.js'

const SECOND = 1_000
const PATIENCE = 20 * SECOND

/** A run for the devices of a register, with a broker that a test stands for. */
function runOf(count: number, name = 'ping', payload = '1', parallel = 3) {
  const register = registerOf(count)
  const clock = new VirtualClock()
  const serials = register.devices.map(({ serial }) => serial)
  const broker = { isConnected: true }
  const commands: { readonly serial: string; readonly text: string; readonly message: Uint8Array }[] = []
  const answers: (Answer & { readonly serial: string })[] = []
  const unix = () => Math.floor((POWER_ON + clock.now()) / 1000)
  let ended = 0
  const run = new CommandRun(
    { clock, name, payload, serials, parallel, patience: PATIENCE, envelopes: envelopesOf(register) },
    {
      get isConnected() {
        return broker.isConnected
      },
      unix,
      publish(topic, message) {
        const [, , , serial = '', , command = ''] = topic.split('/')
        const opened = new Envelope(nodeCrypto, register.find(serial)!.key).open(topic, message)
        commands.push({ serial, text: `${command} ${opened.ok ? opened.value : opened.error}`, message })
      },
      onAnswer: (serial, answer) => answers.push({ serial, ...answer }),
      onEnd: () => {
        ended++
      },
    },
  )
  /** A device says something. */
  function hear(index: number, text: string, kind = name, time = unix()): void {
    const { serial, key } = register.devices[index]!
    const topic = `/${kind}/v2/${serial}/${time}`
    run.onMessage(topic, new Envelope(nodeCrypto, key).seal(topic, text))
  }
  return { run, clock, serials, broker, commands, answers, hear, ended: () => ended }
}

describe('a command to a fleet', () => {
  it('that has several replies ends when no other one comes', async () => {
    const { run, clock, serials, answers, hear, ended } = runOf(1, 'scan')
    run.start()
    hear(0, 'ssid=twin', 'scan_result')
    await clock.run(2 * SECOND)
    hear(0, 'ssid=cafe', 'scan_result')
    await clock.run(2 * SECOND)
    deepEqual([answers, ended()], [[], 0])
    await clock.run(2 * SECOND)
    deepEqual(answers, [{ serial: serials[0], state: 'answered', text: 'ssid=twin\nssid=cafe' }])
    equal(ended(), 1)
  })

  it('is with no more devices at a time than it may, and ends with the last answer', () => {
    const { run, serials, commands, answers, hear, ended } = runOf(8)
    run.start()
    for (const [i, serial] of serials.entries()) {
      equal(commands.length, Math.min(8, i + 3))
      equal(ended(), 0)
      hear(i, `pong ${i}`)
      deepEqual(answers.at(-1), { serial, state: 'answered', text: `pong ${i}` })
    }
    equal(ended(), 1)
    equal(new Set(commands.map(({ serial }) => serial)).size, 8)
  })

  it('is not answered by a device that is silent, refused by one that says so; others go on', async () => {
    const { run, clock, serials, answers, hear, ended } = runOf(3, 'open_until', '1200', 1)
    run.start()
    hear(0, 'refused: no total')
    await clock.run(PATIENCE - SECOND)
    equal(answers.length, 1)
    await clock.run(2 * SECOND)
    hear(2, '1200')
    deepEqual(answers, [
      { serial: serials[0], state: 'refused', text: 'refused: no total' },
      { serial: serials[1], state: 'silent' },
      { serial: serials[2], state: 'answered', text: '1200' },
    ])
    equal(ended(), 1)
  })

  it('is refused by a device that takes no such update, also without a version that it knows', () => {
    const { run, serials, answers, hear } = runOf(3, 'update', 'version=9&url=http://x/y')
    run.start()
    const texts = ['state=refused&version=9&reason=no update key', 'state=refused', 'state=accepted&version=9']
    for (const [i, text] of texts.entries()) hear(i, text)
    deepEqual(
      answers,
      texts.map((text, i) => ({ serial: serials[i], state: i < 2 ? 'refused' : 'answered', text })),
    )
  })

  it('takes no message for the answer that is old, of another kind, forged, or of a device that was not told', () => {
    const { run, answers, hear } = runOf(3, 'version', '1', 1)
    run.start()
    hear(0, 'a', 'version', POWER_ON / 1000 - 3_600)
    hear(0, 'b', 'uptime')
    hear(1, 'c')
    run.onMessage(`/version/v2/2000000/${POWER_ON / 1000}`, new Uint8Array(64))
    deepEqual(answers, [])
    hear(0, 'd')
    deepEqual(
      answers.map(({ text }) => text),
      ['d'],
    )
  })

  it('that has no reply is asked after with what comes next, and one of which nothing tells is sent', async () => {
    const open = runOf(1, 'open')
    open.run.start()
    deepEqual(
      open.commands.map(({ text }) => text),
      ['open 1', 'status 1'],
    )
    open.hear(0, 'open', 'status')
    equal(open.answers[0]!.text, 'open')
    const refused = runOf(1, 'start_ap')
    refused.run.start()
    refused.hear(0, 'refused: no password, see set_ap_mesh_pwd', 'start_ap')
    equal(refused.answers[0]!.state, 'refused')
    const restart = runOf(50, 'restart')
    restart.run.start()
    await restart.clock.run(0)
    deepEqual(new Set(restart.answers.map(({ state }) => state)), new Set(['sent']))
    deepEqual([restart.answers.length, restart.ended()], [50, 1])
  })

  it('waits while the broker is away, and then sends the same again, which no device does twice', async () => {
    const { run, clock, broker, commands, answers, hear } = runOf(5, 'open_until_delta', '+10', 2)
    run.start()
    broker.isConnected = false
    await clock.run(10 * PATIENCE)
    deepEqual([commands.length, answers.length], [2, 0])
    broker.isConnected = true
    run.onReconnected()
    deepEqual(
      commands.map(({ serial }) => serial),
      ['2000000', '2000001', '2000000', '2000001'],
    )
    deepEqual(commands[2]!.message, commands[0]!.message)
    hear(0, '1210')
    match(commands.at(-1)!.serial, /2000002/)
    await clock.run(2 * PATIENCE)
    equal(answers.filter(({ state }) => state === 'silent').length, 4)
  })

  it('is told to nobody else once it is ended', async () => {
    const { run, clock, serials, commands, answers } = runOf(5, 'ping', '1', 2)
    run.start()
    run.close()
    await clock.run(2 * PATIENCE)
    deepEqual([commands.length, answers.length], [2, 0])
    deepEqual(
      serials.map((serial) => run.isUnderWay(serial)),
      [true, true, false, false, false],
    )
  })
})
