import { decodeUtf8, encodeUtf8 } from '../../../modules/codec/utf8.js'
import type { Listeners } from './listeners.js'
import { concat } from './mqtt-packets.js'
import { Host, type Network } from './network.js'
import type { End } from './tcp-wire.js'
import type { Udp } from './udp.js'

/** What an HTTP server has answered. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** One connection of a visitor, as far as it came. */
export interface VisitorConnection {
  readonly end: End
  /** Everything that has arrived. */
  received: Uint8Array
  state: 'opening' | 'open' | 'closed' | 'reset'
}

/** A phone or a computer in the device's own network or in the one the device is in. */
export class Visitor extends Host {
  #listeners: Listeners
  #udp: Udp
  #port = 50_000

  constructor(network: Network, listeners: Listeners, udp: Udp, address: string) {
    super(address)
    this.latency = 5
    this.#listeners = listeners
    this.#udp = udp
    network.add(this)
  }

  /** Opens TCP to a port of the device. */
  connect(port = 80, onData: (connection: VisitorConnection) => void = () => {}): VisitorConnection {
    const connection: VisitorConnection = { end: undefined as never, received: new Uint8Array(0), state: 'opening' }
    const end = this.#listeners.connectFrom(this, port, {
      onConnected: () => {
        connection.state = 'open'
        end.output()
      },
      onData: (bytes) => {
        connection.received = concat(connection.received, bytes)
        end.consume(bytes.length)
        onData(connection)
        return true
      },
      onFin: () => {
        connection.state = 'closed'
        end.close()
      },
      onAbort: () => {
        connection.state = 'reset'
      },
    })
    return Object.assign(connection, { end })
  }

  /** One request as a browser makes it. The answer once the server has closed, or undefined when there is none. */
  request(text: string, port = 80): () => HttpAnswer | undefined {
    const connection = this.connect(port)
    connection.end.write(encodeUtf8(text))
    return () => (connection.state === 'closed' ? parseAnswer(connection.received) : undefined)
  }

  get(path: string, host: string): () => HttpAnswer | undefined {
    return this.request(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
  }

  /** Asks a DNS server on the device; the address it answers with. */
  lookUp(name: string): () => string | undefined {
    let address: string | undefined
    const port = this.#port++
    this.udp.set(port, (bytes) => {
      address = bytes.slice(-4).join('.')
    })
    const labels = name.split('.').flatMap((label) => [label.length, ...encodeUtf8(label)])
    const query = Uint8Array.of(0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, 1, 0, 1)
    this.#udp.datagrams.sendFrom(this, port, 53, query)
    return () => address
  }
}

function parseAnswer(bytes: Uint8Array): HttpAnswer | undefined {
  const text = decodeUtf8(bytes)
  const at = text.indexOf('\r\n\r\n')
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1]
  if (at < 0 || status === undefined) return undefined
  const headers = text
    .slice(0, at)
    .split('\r\n')
    .slice(1)
    .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()] as const)
  return { status: Number(status), headers: Object.fromEntries(headers), body: text.slice(at + 4) }
}
