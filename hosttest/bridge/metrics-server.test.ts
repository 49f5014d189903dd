// node only
import { deepEqual } from 'node:assert/strict'
import { once } from 'node:events'
import { get } from 'node:http'
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
      socket.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n')
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

describe('a page of another site whose name leads to this computer', () => {
  it('gets no metrics where they are for this computer alone', async () => {
    const asked = async (address: string, host: string): Promise<number | undefined> => {
      const server = await serveMetrics(() => '', address, 0)
      try {
        const { port } = new URL(server.url)
        const [response] = await once(get({ host: '127.0.0.1', port, path: '/metrics', headers: { host } }), 'response')
        response.resume()
        return response.statusCode
      } finally {
        server.close()
      }
    }
    deepEqual(
      [await asked('127.0.0.1', 'rebound.example:9100'), await asked('127.0.0.1', 'localhost:9100')],
      [403, 200],
    )
    deepEqual([await asked('127.0.0.1', '127.0.0.1'), await asked('0.0.0.0', 'meter.lan:9100')], [200, 200])
  })
})
