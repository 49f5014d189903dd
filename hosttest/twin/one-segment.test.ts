import { deepEqual } from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { generate, parser } from 'mqtt-packet'
import { parseFlags } from '../../modules/app/flags.js'
import { commandTopic } from '../../modules/delivery/topics.js'
import { RealClock } from '../../twin/clock.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { mqttConnector } from '../../twin/mqtt-client.js'
import { Twin } from '../../twin/twin.js'
import { KEY } from '../support/cli.js'
import { until } from '../support/until.js'

const COUNT = 50
const NAMES = ['ping', 'version', 'uptime', 'status', 'rssi']

/** A broker of one connection that hands every packet over as it comes, and can write many in one piece. */
async function listen(onPublish: (topic: string, socket: Socket) => void) {
  const server = createServer({ noDelay: true }, (socket) => {
    const packets = parser({ protocolVersion: 4 })
    packets.on('packet', (packet) => {
      if (packet.cmd === 'connect') socket.write(generate({ cmd: 'connack', returnCode: 0, sessionPresent: false }))
      if (packet.cmd === 'subscribe')
        socket.write(generate({ cmd: 'suback', messageId: packet.messageId!, granted: [0] }))
      if (packet.cmd === 'publish') {
        onPublish(packet.topic, socket)
        socket.write(generate({ cmd: 'pubrec', messageId: packet.messageId! }))
      }
      if (packet.cmd === 'pingreq') socket.write(generate({ cmd: 'pingresp' }))
      if (packet.cmd === 'pubrel') socket.write(generate({ cmd: 'pubcomp', messageId: packet.messageId! }))
    })
    socket.on('data', (data) => packets.parse(data))
    socket.on('error', () => {})
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as { port: number }).port }
}

describe('fifty commands over TCP', () => {
  for (const [how, size] of [
    ['in one segment', 65_536],
    ['cut into pieces of seven bytes', 7],
  ] as const) {
    it(`${how} are all answered, in order`, async () => {
      const flags = parseFlags({ KEY, SERIAL: '1234567' })
      if (!flags.ok) throw new Error(flags.error)
      const clock = new RealClock()
      const answered: string[] = []
      const names = Array.from({ length: COUNT }, (_, i) => NAMES[i % NAMES.length]!)
      let commanded = false
      const send = (socket: Socket) => {
        const time = Math.floor((unix + clock.now()) / 1000)
        const packets = names.map((name) => {
          const topic = commandTopic('1234567', time, name)
          return generate({
            cmd: 'publish',
            topic,
            payload: Buffer.from(twin.envelope.seal(topic, '1')),
            qos: 0,
            dup: false,
            retain: false,
          })
        })
        const bytes = Buffer.concat(packets)
        for (let at = 0; at < bytes.length; at += size) socket.write(bytes.subarray(at, at + size))
      }
      const { server, port } = await listen((topic, socket) => {
        const kind = topic.split('/')[1]!
        if (kind === 'sample') return
        if (commanded) answered.push(kind)
        else if (kind === 'status') {
          // The last of what the device announces of itself.
          commanded = true
          send(socket)
        }
      })
      const unix = Date.now()
      const twin = new Twin({
        flags: flags.value,
        clock,
        unix,
        connect: mqttConnector([]),
        broker: { host: '127.0.0.1', port },
        storage: new MemoryStorage(),
      })
      try {
        twin.start()
        await until(() => answered.length >= COUNT, 'all answers')
      } finally {
        twin.close()
        server.close()
      }
      deepEqual(answered, names)
    })
  }
})
