// node only
import { once } from 'node:events'
import { createConnection } from 'node:net'
import { serveMetrics } from '../../bridge/metrics-server.js'
import { until } from '../support/until.js'

/** ms */
const SILENCE = 200

describe('whoever asks for the metrics and does not read them', () => {
  it('is hung up on, so that no number of them keeps others out', async () => {
    const server = await serveMetrics(() => 'x'.repeat(30_000_000), '127.0.0.1', 0, SILENCE)
    const socket = createConnection(Number(new URL(server.url).port), '127.0.0.1')
    try {
      let isGone = false
      socket.on('error', () => {
        isGone = true
      })
      socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n')
      await once(socket, 'readable')
      let written = performance.now()
      await until(() => {
        // To write shows whether the other side is there, and is something that moves.
        if (performance.now() - written > 3 * SILENCE) {
          written = performance.now()
          socket.write('\r\n')
        }
        return isGone
      }, 'the end of the connection')
    } finally {
      socket.destroy()
      server.close()
    }
  })
})
