import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { connectAsync, type MqttClient } from 'mqtt'
import { parseFlags } from '../../modules/app/flags.js'
import { RealClock } from '../../twin/clock.js'
import { SimulatedFlash } from '../../twin/flash.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { mqttConnector } from '../../twin/mqtt-client.js'
import { Twin } from '../../twin/twin.js'
import { commandLine, KEY } from '../support/cli.js'
import { Lines } from '../support/lines.js'
import { Mosquitto, missingMosquitto } from '../support/mosquitto.js'
import { needs } from '../support/needs.js'
import { missingOpenssl, opensslOpen } from '../support/openssl.js'
import { until } from '../support/until.js'

interface Heard {
  readonly topic: string
  readonly payload: Buffer
  readonly qos: number
}

describe('against mosquitto', () => {
  const { children, start, meterlogger } = commandLine()
  let mosquitto: Mosquitto
  let server: MqttClient
  let heard: Heard[]

  before(function () {
    needs(this, missingMosquitto() ?? missingOpenssl())
  })

  beforeEach(async () => {
    mosquitto = await Mosquitto.start(children)
    heard = []
    server = await connectAsync(mosquitto.url, { clientId: 'server', clean: false, reconnectPeriod: 100 })
    server.on('error', () => {})
    server.on('message', (topic, payload, packet) => heard.push({ topic, payload, qos: packet.qos }))
    await server.subscribeAsync(['/+/v2/#', '/offline/v1/#'], { qos: 2 })
  })

  afterEach(async () => {
    await server?.endAsync(true)
    mosquitto?.remove()
  })

  function startTwin(...options: string[]) {
    const twin = start('twin', '--broker', mosquitto.url, '--key', KEY, '--serial', '1234567', ...options)
    twin.stdout.resume()
    return { twin, log: new Lines(twin.stderr) }
  }

  function samples(): Heard[] {
    return heard.filter(({ topic }) => topic.startsWith('/sample/'))
  }

  it('samples come with QoS 2 and open with the openssl command', async () => {
    startTwin('--speed', '10')
    await until(() => samples().length >= 3, 'three samples')
    for (const { topic, payload, qos } of samples()) {
      equal(qos, 2)
      match(topic, /^\/sample\/v2\/1234567\/[0-9]{10}$/)
      match(opensslOpen(KEY, topic, payload), /^heap=21376&t1=[0-9.]+ C&.*&e1=[0-9]+\.[0-9]{3} MWh&$/)
    }
  })

  it('a command is answered', async () => {
    const { log } = startTwin()
    await log.find(/mqtt: connected/)
    await until(() => heard.some(({ topic }) => topic.startsWith('/reset_reason/')), 'the announcement')
    const ping = await meterlogger([
      ...['send', 'ping', '--broker', mosquitto.url, '--serial', '1234567', '--wait', '300', '--key', KEY],
    ])
    deepEqual([ping.code, ping.out], [0, '\n'])
  })

  it('the will is published when the process is killed', async () => {
    const { twin, log } = startTwin()
    await log.find(/mqtt: connected/)
    twin.kill('SIGKILL')
    await until(() => heard.some(({ topic }) => topic === '/offline/v1/1234567'), 'the will')
    equal(heard.find(({ topic }) => topic === '/offline/v1/1234567')!.payload.length, 0)
  })

  it('nothing is lost or doubled when the broker stops and starts again, and its session is kept', async () => {
    const flags = parseFlags({ KEY, SERIAL: '1234567' })
    ok(flags.ok)
    const log: string[] = []
    const twin = new Twin({
      flags: flags.value,
      clock: new RealClock(10),
      unix: Date.now(),
      connect: mqttConnector([]),
      broker: { host: '127.0.0.1', port: mosquitto.port },
      storage: new MemoryStorage(),
      flash: new SimulatedFlash({ sectors: 16 }),
      log: (text) => log.push(text),
    })
    let answers = 0
    twin.multical!.onRegisters = () => answers++
    /** Readings that have become a sample; on a busy computer an answer of the meter can come too late to be one. */
    const taken = () => answers - log.filter((line) => line.startsWith('meter: registers: ')).length
    const connections = () => log.filter((line) => line.startsWith('mqtt: connected')).length
    try {
      twin.start()
      await until(() => samples().length >= 2, 'two samples')
      for (let i = 0; i < 4; i++) {
        const before = { taken: taken(), connections: connections() }
        await mosquitto.stop()
        await until(() => taken() > before.taken, 'a sample without a broker')
        await mosquitto.start()
        await until(() => connections() > before.connections, 'another connection')
      }
      await until(() => samples().length >= taken(), 'all samples')
    } finally {
      twin.close()
    }
    const [first, ...others] = log.filter((line) => line.startsWith('mqtt: connected'))
    equal(first, 'mqtt: connected, session new')
    deepEqual([...new Set(others)], ['mqtt: connected, session present'])
    const topics = samples().map(({ topic }) => topic)
    deepEqual([topics.length, new Set(topics).size], [taken(), taken()])
  })
})
