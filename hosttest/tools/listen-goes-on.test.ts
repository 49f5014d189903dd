import { deepEqual, equal, match } from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { connectAsync, type MqttClient } from 'mqtt'
import { Envelope } from '../../modules/mqttcrypto/envelope.js'
import { EmbeddedBroker } from '../../twin/broker.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { commandLine, KEY } from '../support/cli.js'
import { Gate } from '../support/gate.js'
import { Lines } from '../support/lines.js'
import { until } from '../support/until.js'

const SERIAL = '1234567'
const envelope = new Envelope(nodeCrypto, Buffer.from(KEY, 'hex'))

describe('listen', () => {
  const { start, meterlogger } = commandLine()
  let broker: EmbeddedBroker
  let device: MqttClient

  beforeEach(async () => {
    broker = await EmbeddedBroker.listen(0)
    device = await connectAsync(broker.url, { reconnectPeriod: 50 })
    device.on('error', () => {})
  })

  afterEach(async () => {
    await device.endAsync(true)
    await broker.close()
  })

  const listening = (...options: string[]) => listeningAt(broker.url, ...options)

  async function listeningAt(url: string, ...options: string[]) {
    const child = start('listen', '--broker', url, '--key', KEY, ...options)
    const log = new Lines(child.stderr)
    await log.find(/^listening on /)
    return { child, log }
  }

  function tell(text: string, time = 1_790_000_000): Promise<unknown> {
    const topic = `/sample/v2/${SERIAL}/${time}`
    return device.publishAsync(topic, Buffer.from(envelope.seal(topic, text)), { qos: 2 })
  }

  it('gives numbers with their exact text and their unit as JSON, and other texts as they are', async () => {
    const { child } = await listening('--json')
    const out = new Lines(child.stdout)
    await tell('heap=21376&t1=68.460 C&e1=0123456789.123456789 kWh&program=000012&ssid=my net&t2=-&__proto__=1&')
    deepEqual(JSON.parse(await out.find(/"kind":"sample"/)).fields, {
      heap: { value: 21376, text: '21376' },
      t1: { value: 68.46, text: '68.460', unit: 'C' },
      e1: { value: 123456789.12345679, text: '0123456789.123456789', unit: 'kWh' },
      program: { value: 12, text: '000012' },
      ssid: { text: 'my net' },
      t2: { text: '-' },
      ['__proto__']: { value: 1, text: '1' },
    })
  })

  it('goes on over a lost broker, with one line, however long it is away', async () => {
    const gate = await Gate.make()
    gate.open(broker)
    const { child, log } = await listeningAt(gate.url)
    const out = new Lines(child.stdout)
    gate.shut()
    await until(() => gate.refused >= 3, 'three calls')
    gate.open(broker)
    let told = 0
    await until(async () => {
      await tell('t1=1.00 C&', 1_790_000_000 + told++)
      return out.all.some((line) => line.includes('t1=1.00'))
    }, 'what the device tells')
    gate.close()
    const lost = log.all.filter((line) => line.includes('calling again'))
    equal(lost.length, 1)
    match(lost[0]!, /^mqtt:\/\/127\.0\.0\.1:[0-9]+: (connection closed|read ECONNRESET); calling again$/)
  })

  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    it(`ends on ${signal} with 0, also while the broker is away`, async () => {
      const { child, log } = await listening()
      const other = await listening()
      child.kill(signal)
      deepEqual(await once(child, 'close'), [0, null])
      equal(log.all.length, 1)
      await broker.close()
      await other.log.find(/calling again$/)
      other.child.kill(signal)
      deepEqual(await once(other.child, 'close'), [0, null])
    })

  it('ends silently with 0 where nobody reads any more', async () => {
    const { child, log } = await listening()
    child.stdout.destroy()
    const ended = once(child, 'close')
    const timer = setInterval(() => void tell('t1=1.00 C&'), 50)
    try {
      deepEqual(await ended, [0, null])
    } finally {
      clearInterval(timer)
    }
    equal(log.all.length, 1)
  })

  it('waits for a broker that is away at the start, with one line each time, and ends in order meanwhile', async () => {
    const gate = await Gate.make()
    const child = start('listen', '--broker', gate.url, '--key', KEY)
    const log = new Lines(child.stderr)
    await until(() => gate.refused >= 3, 'three calls')
    gate.open(broker)
    await log.find(/^listening on /)
    gate.shut()
    await log.findAll(/calling again$/, 2)
    const ended = once(child, 'close')
    child.kill('SIGTERM')
    deepEqual(await ended, [0, null])
    gate.close()
    equal(log.all.length, 3)
  })

  it('ends with 1 where the broker refuses its user', async () => {
    const refusing = createServer((socket) => socket.once('data', () => socket.write(Uint8Array.of(0x20, 2, 0, 5))))
    await once(refusing.listen(0, '127.0.0.1'), 'listening')
    const { port } = refusing.address() as AddressInfo
    const { code, err } = await meterlogger(['listen', '--broker', `mqtt://127.0.0.1:${port}`, '--key', KEY])
    refusing.close()
    deepEqual([code, err], [1, `meterlogger: mqtt://127.0.0.1:${port}: not authorized\n`])
  })
})
