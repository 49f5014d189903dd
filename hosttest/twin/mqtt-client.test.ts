// node only
import { match, ok } from 'node:assert/strict'
import { createServer, type Socket } from 'node:net'
import { portOf } from '../../twin/bind.js'
import { mqttConnector } from '../../twin/mqtt-client.js'

/** A SUBACK that says it has 256 MB. */
const HUGE = Uint8Array.of(0x90, 0xff, 0xff, 0xff, 0x7f, 0, 1, 0x61)
const PIECE = Buffer.alloc(16_384)

describe("the twin's connection to a broker", () => {
  it('ends at a packet that no device takes, before it has come', async () => {
    let written = 0
    const sockets: Socket[] = []
    const server = createServer((socket) => {
      sockets.push(socket)
      socket.on('error', () => {})
      const more = () => {
        if (socket.destroyed) return
        written += PIECE.length
        socket.write(PIECE, () => setImmediate(more))
      }
      socket.write(Uint8Array.of(0x20, 2, 0, 0))
      socket.write(HUGE, more)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const reason = await new Promise<string>((resolve) => {
        mqttConnector([])({
          host: '127.0.0.1',
          port: portOf(server),
          id: 'twin',
          user: 'u',
          password: 'p',
          certificate: '',
          unix: undefined,
          keepAlive: 60,
          willTopic: 'w',
          onReached() {},
          onConnected() {},
          onPublish() {},
          onControl() {},
          onSubscribed() {},
          onWritable() {},
          onClosed: resolve,
        })
      })
      match(reason, /suback of 268435455 bytes/i)
      ok(written < 16 * 1024 * 1024, `${written} bytes came`)
    } finally {
      for (const socket of sockets) socket.destroy()
      server.close()
    }
  })
})
