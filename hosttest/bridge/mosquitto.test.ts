import { deepEqual, equal, match } from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { openStore, type Store } from '../../bridge/store/store.js'
import { EmbeddedBroker } from '../../twin/broker.js'
import { HEAT, Heard, SimpleDevice } from '../support/bridge.js'
import { certificate } from '../support/certificates.js'
import { commandLine, KEY } from '../support/cli.js'
import { Gate } from '../support/gate.js'
import { Lines } from '../support/lines.js'
import { Mosquitto, missingMosquitto } from '../support/mosquitto.js'
import { needs } from '../support/needs.js'
import { until } from '../support/until.js'

const SERIAL = '1234567'
const STATE = `meterlogger/${SERIAL}/state`

const now = () => Math.floor(Date.now() / 1000)

describe('bridge against mosquitto', () => {
  const { children, start } = commandLine()
  let mosquitto: Mosquitto
  let heard: Heard
  let device: SimpleDevice

  before(function () {
    needs(this, missingMosquitto())
  })

  beforeEach(async () => {
    mosquitto = await Mosquitto.start(children)
    heard = await Heard.of(mosquitto.url, 'meterlogger/#')
    device = new SimpleDevice(heard.client, SERIAL, KEY)
  })

  afterEach(async () => {
    await heard?.close()
    mosquitto?.remove()
  })

  async function bridging(...options: string[]) {
    const child = start('bridge', '--broker', mosquitto.url, '--key', KEY, ...options)
    const log = new Lines(child.stderr)
    await log.find(/^bridging /)
    return { child, log }
  }

  it('a twin is in Home Assistant, which opens and closes its valve', async () => {
    await bridging('--home-assistant', '--control')
    const twin = start('twin', '--broker', mosquitto.url, '--key', KEY, '--serial', SERIAL, '--speed', '5')
    twin.stdout.resume()
    twin.stderr.resume()
    const state = JSON.parse(await heard.holds(STATE))
    match(String(state.e1), /^[0-9.]+$/)
    await heard.holds(`meterlogger/${SERIAL}/availability`, 'online')
    await heard.holds(`meterlogger/${SERIAL}/valve`, 'closed')
    for (const [command, state] of [
      ['OPEN', 'open'],
      ['CLOSE', 'closed'],
    ] as const) {
      await heard.client.publishAsync(`meterlogger/${SERIAL}/valve/set`, command, { qos: 1 })
      await heard.holds(`meterlogger/${SERIAL}/valve`, state)
    }
    await heard.client.publishAsync(`meterlogger/${SERIAL}/limit/set`, '9999999', { qos: 1 })
    await heard.holds(`meterlogger/${SERIAL}/limit`, '9999999')
    await heard.holds(`meterlogger/${SERIAL}/valve`, 'open')
    twin.kill('SIGKILL')
    await heard.holds(`meterlogger/${SERIAL}/availability`, 'offline')
  })

  it('a message is acknowledged only when it is handed on: a bridge that is killed before gets it again', async () => {
    const gate = await Gate.make()
    const options = ['--out', gate.url]
    const { child, log } = await bridging(...options)
    const time = now()
    // More than the broker sends at a time, each with QoS 2.
    for (let i = 0; i < 30; i++) await device.say('sample', `e1=${i}.50 kWh&`, time + i)
    await log.find(/calling again$/)
    child.kill('SIGKILL')
    await once(child, 'close')
    const out = await EmbeddedBroker.listen(0)
    const there = await Heard.of(out.url, STATE)
    gate.open(out)
    try {
      await bridging(...options)
      await there.holds(STATE, `{"time":${time + 29},"e1":29.50}`)
    } finally {
      gate.close()
      await there.close()
      await out.close()
    }
  })

  it('--database has each sample once, whatever came twice and whenever the bridge was killed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bridge-'))
    const options = ['--database', `file:${folder}`]
    let store: Store | undefined
    try {
      const { child } = await bridging(...options)
      const time = now() - 100
      const lines = Array.from({ length: 40 }, (_, i) => `e1=${i}.50 kWh&`)
      for (const [i, text] of lines.entries()) {
        await device.say('sample', text, time + i)
        if (i % 4 === 0) await device.say('sample', text, time + i)
        if (i === 20) child.kill('SIGKILL')
      }
      await bridging(...options)
      store = await openStore(options[1]!)
      const rows = async () => {
        const found = await store!.rows('SELECT energy_wh FROM samples ORDER BY time')
        return found.map(({ energy_wh }) => energy_wh)
      }
      const wanted = lines.map((_, i) => String(1000 * i + 500))
      await until(async () => (await rows()).length === wanted.length, 'the samples')
      deepEqual(await rows(), wanted)
    } finally {
      await store?.close()
      rmSync(folder, { recursive: true })
    }
  })

  it('two bridges of one name take the session from each other, and lose nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bridge-'))
    const options = ['--database', `file:${folder}`]
    let store: Store | undefined
    try {
      const [one, other] = [await bridging(...options), await bridging(...options)]
      const time = now() - 1000
      const lost = () => [one, other].map(({ log }) => log.all.filter((line) => line.includes('calling again')).length)
      let said = 0
      await until(async () => {
        await device.say('sample', `e1=${said}.50 kWh&`, time + said++)
        return lost().every((times) => times >= 3)
      }, 'three lost connections each')
      store = await openStore(options[1]!)
      const rows = () => store!.rows('SELECT energy_wh FROM samples ORDER BY time')
      await until(async () => (await rows()).length === said, 'the samples')
      deepEqual(
        (await rows()).map(({ energy_wh }) => energy_wh),
        Array.from({ length: said }, (_, i) => String(1000 * i + 500)),
      )
    } finally {
      await store?.close()
      rmSync(folder, { recursive: true })
    }
  })

  it('over TLS, with --ca, hands on to the same broker, and calls none whose certificate nobody vouches for', async () => {
    const authority = certificate()
    const own = certificate({ issuer: authority, names: ['127.0.0.1'] })
    const secure = await Mosquitto.start(children, { chain: [own] })
    const folder = mkdtempSync(join(tmpdir(), 'bridge-'))
    const ca = join(folder, 'ca.pem')
    writeFileSync(ca, authority.pem)
    try {
      const options = ['--broker', secure.url, '--key', KEY]
      const child = start('bridge', ...options, '--ca', ca, '--database', `file:${folder}`)
      await new Lines(child.stderr).find(/^bridging mqtts:/)
      const client = await connectAsync(secure.url, { ca: authority.pem })
      const there = new Promise<string>((resolve) =>
        client.on('message', (_topic, payload) => resolve(payload.toString())),
      )
      await client.subscribeAsync(STATE)
      await new SimpleDevice(client, SERIAL, KEY).say('sample', 'e1=7.50 kWh&')
      match(await there, /"e1":7\.50\}$/)
      await client.endAsync()
      const refused = start('bridge', ...options)
      const log = new Lines(refused.stderr)
      deepEqual(await once(refused, 'close'), [1, null])
      match(log.all.join('\n'), /certificate/)
    } finally {
      rmSync(folder, { recursive: true })
      secure.remove()
    }
  })

  it('a message longer than any of ours, which the broker sends again and again, holds nothing back', async () => {
    const { log } = await bridging()
    for (const qos of [0, 1, 2] as const)
      await heard.client.publishAsync(`/sample/v2/${SERIAL}/1`, Buffer.alloc(70_000 + 100_000 * qos), { qos })
    await device.say('sample', 'e1=7.0 kWh&')
    await heard.holds(STATE)
    deepEqual(
      log.all.filter((line) => /calling again/.test(line)),
      [],
    )
  })

  it('a broker that is stopped and started loses nothing, and thousands come through', async () => {
    const { log } = await bridging('--prometheus', '0')
    const url = (await log.find(/^metrics /)).slice('metrics '.length)
    const opened = async () => Number(/result="opened"\} ([0-9]+)/.exec(await (await fetch(url)).text())![1])
    const time = now() - 3000
    // mosquitto loses what one client has under way beyond 20.
    for (let i = 0; i < 2000; i += 10)
      await Promise.all(Array.from({ length: 10 }, (_, k) => device.say('sample', HEAT, time + i + k)))
    await until(async () => (await opened()) >= 2000, 'all of them')
    equal(await opened(), 2000)
    await heard.holds(STATE)
    await until(() => JSON.parse(heard.last(STATE)!).time === time + 1999, 'the last sample')
    await mosquitto.stop()
    await log.find(/calling again$/)
    await mosquitto.start()
    await until(() => heard.client.connected, 'the device')
    await device.say('sample', 'e1=7.0 kWh&', now())
    await until(() => heard.last(STATE)!.includes('"e1":7.0}'), 'the sample after the restart')
    equal(log.all.filter((line) => line.includes('calling again')).length <= 2, true)
    deepEqual(
      log.all.filter((line) => /error/i.test(line)),
      [],
    )
  })
})
