import { deepEqual, equal, match, ok } from 'node:assert/strict'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { connectAsync, type MqttClient } from 'mqtt'
import { KEY, Lines, meterlogger, start } from '../support/cli.js'
import { Mosquitto, missingMosquitto } from '../support/mosquitto.js'
import { needs } from '../support/needs.js'
import { opensslOpen } from '../support/openssl.js'

interface Heard {
  readonly topic: string
  readonly payload: Buffer
  readonly qos: number
}

describe('against mosquitto', function () {
  this.timeout(90_000)
  let mosquitto: Mosquitto
  let server: MqttClient
  let twin: ChildProcessWithoutNullStreams
  let heard: Heard[]

  before(function () {
    needs(this, missingMosquitto())
  })

  beforeEach(async () => {
    mosquitto = await Mosquitto.start()
    heard = []
    server = await connectAsync(mosquitto.url, { clientId: 'server', clean: false, reconnectPeriod: 100 })
    server.on('error', () => {})
    server.on('message', (topic, payload, packet) => heard.push({ topic, payload, qos: packet.qos }))
    await server.subscribeAsync(['/+/v2/#', '/offline/v1/#'], { qos: 2 })
  })

  afterEach(async () => {
    twin?.kill('SIGKILL')
    await server?.endAsync(true)
    await mosquitto?.remove()
  })

  function startTwin(...options: string[]): Lines {
    twin = start('twin', '--broker', mosquitto.url, '--key', KEY, '--serial', '1234567', ...options)
    twin.stdout.resume()
    return new Lines(twin.stderr)
  }

  function samples(): Heard[] {
    return heard.filter(({ topic }) => topic.startsWith('/sample/'))
  }

  async function until(condition: () => boolean, what: string): Promise<void> {
    for (let i = 0; i < 400 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 50))
    ok(condition(), what)
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
    const log = startTwin()
    await log.find(/mqtt: connected/)
    await until(() => heard.some(({ topic }) => topic.startsWith('/reset_reason/')), 'the announcement')
    const ping = await meterlogger([
      ...['send', 'ping', '--broker', mosquitto.url, '--serial', '1234567', '--wait', '10', '--key', KEY],
    ])
    deepEqual([ping.code, ping.out], [0, '\n'])
  })

  it('the will is published when the process is killed', async () => {
    const log = startTwin()
    await log.find(/mqtt: connected/)
    twin.kill('SIGKILL')
    await until(() => heard.some(({ topic }) => topic === '/offline/v1/1234567'), 'the will')
    equal(heard.find(({ topic }) => topic === '/offline/v1/1234567')!.payload.length, 0)
  })

  it('nothing is lost or doubled when the broker stops and starts again, and its session is kept', async () => {
    const log = startTwin('--speed', '40')
    await until(() => samples().length >= 2, 'two samples')
    for (let i = 0; i < 4; i++) {
      await mosquitto.stop()
      await new Promise((resolve) => setTimeout(resolve, 1_500 + 700 * i))
      await mosquitto.start()
      await new Promise((resolve) => setTimeout(resolve, 2_000))
    }
    equal(log.all.filter((line) => line === 'mqtt: connected, session present').length, 4)
    const times = samples().map(({ topic }) => Number(topic.split('/')[4]))
    ok(times.length >= 10, `${times.length} samples`)
    deepEqual(
      times,
      [...new Set(times)].sort((a, b) => a - b),
    )
    for (let i = 1; i < times.length; i++)
      ok(times[i]! - times[i - 1]! <= 66, `${times[i]! - times[i - 1]!} s between two samples`)
  })
})
