import { deepEqual, equal, ok } from 'node:assert/strict'
import { once } from 'node:events'
import { createConnection, createServer, type Socket } from 'node:net'
import { connectAsync } from 'mqtt'
import { parseFlags } from '../../modules/app/flags.js'
import { RealClock } from '../../twin/clock.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { mqttConnector } from '../../twin/mqtt-client.js'
import { Twin } from '../../twin/twin.js'
import { commandLine, KEY } from '../support/cli.js'
import { Mosquitto, missingMosquitto } from '../support/mosquitto.js'
import { needs } from '../support/needs.js'
import { until } from '../support/until.js'

const CONNACK = [0x20, 2, 0, 0]

/** Somebody on the way to the broker who adds bytes behind the first that it sends in the first connection. */
async function proxy(port: number, extra: Uint8Array) {
  const sockets = new Set<Socket>()
  const found = { connections: 0 }
  const server = createServer({ noDelay: true }, (device) => {
    const isFirst = found.connections++ === 0
    const broker = createConnection({ host: '127.0.0.1', port, noDelay: true })
    device.pipe(broker).pipe(device)
    if (isFirst) broker.once('data', () => device.write(extra))
    for (const socket of [device, broker]) {
      sockets.add(socket)
      socket.on('error', () => {}).on('close', () => [device, broker].map((end) => end.destroy()))
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return { found, port: (server.address() as { port: number }).port, close }
}

describe('packets that somebody adds to what mosquitto sends', () => {
  const { children } = commandLine()

  before(function () {
    needs(this, missingMosquitto())
  })

  for (const [name, bytes] of [
    ['two CONNACKs', [...CONNACK, ...CONNACK]],
    ['a SUBACK without an end', [0x90, 1, 0, 0, 0, 0]],
  ] as const)
    it(`cost one connection and no sample: ${name}`, async () => {
      const mosquitto = await Mosquitto.start(children)
      const server = await connectAsync(mosquitto.url)
      const between = await proxy(mosquitto.port, Uint8Array.from(bytes))
      const samples: string[] = []
      server.on('message', (topic) => samples.push(topic))
      await server.subscribeAsync('/sample/v2/#', { qos: 2 })
      const flags = parseFlags({ KEY, SERIAL: '1234567' })
      if (!flags.ok) throw new Error(flags.error)
      const log: string[] = []
      const twin = new Twin({
        flags: flags.value,
        clock: new RealClock(20),
        unix: Date.now(),
        connect: mqttConnector([]),
        broker: { host: '127.0.0.1', port: between.port },
        storage: new MemoryStorage(),
        log: (text) => log.push(text),
      })
      try {
        twin.start()
        await until(() => samples.length >= 4, 'four samples')
      } finally {
        twin.close()
        between.close()
        await server.endAsync(true)
        mosquitto.remove()
      }
      const lost = log.filter((line) => line.includes('; next attempt in '))
      equal(lost.filter((line) => line.includes(' while connected; ')).length, 1, log.join('\n'))
      // On a busy computer an answer can come too late for a clock that is 20 times as fast.
      deepEqual(
        lost.filter((line) => !/ while connected; |no answer|no acknowledgment/.test(line)),
        [],
      )
      ok(between.found.connections >= 2)
      deepEqual(samples.length, new Set(samples).size)
    })
})
