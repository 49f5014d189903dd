import { decodeUtf8 } from '../../../modules/codec/utf8.js'
import { goodAnswer } from '../../../twin/simulated-http.js'
import { Host, type Network } from './network.js'
import type { End } from './tcp-wire.js'

const MOST_HEADERS = 4096

/** A web server in the simulated network that has one file, and answers requests for ranges of it. */
export class FileServer extends Host {
  requests = 0
  #file: Uint8Array

  constructor(network: Network, file: Uint8Array, { address = '203.0.113.9', name = 'updates', port = 8000 } = {}) {
    super(address)
    this.#file = file
    network.add(this, name)
    this.tcp.set(port, (end) => this.#events(end))
  }

  #events(end: End) {
    let received = ''
    return {
      onData: (bytes: Uint8Array) => {
        end.consume(bytes.length)
        received = (received + decodeUtf8(bytes)).slice(-MOST_HEADERS)
        const [request, path, from, to] = /^GET (\S+) .*?\r\nrange: bytes=(\d+)-(\d+)\r\n.*?\r\n/is.exec(received) ?? []
        if (request === undefined || !received.endsWith('\r\n\r\n')) return true
        received = ''
        const range = [Number(from), Number(to)] as const
        const answer = goodAnswer({ path: path!, range, number: ++this.requests, file: this.#file })
        end.write(answer.bytes)
        end.output()
        return true
      },
      onFin: () => end.close(),
      onAbort: () => {},
    }
  }
}
