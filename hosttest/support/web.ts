import { type IncomingHttpHeaders, request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { type Arrival, openStore, type Store } from '../../bridge/store/store.js'
import { serveWeb, type WebOptions } from '../../bridge/web/server.js'
import { VirtualClock } from '../../twin/clock.js'

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** The bridge's pages about a store, served in this process on a clock that a test moves. */
export async function serveStore(url: string, options: Partial<WebOptions> = {}) {
  const store = await openStore(url)
  const clock = new VirtualClock(() => new Promise((resolve) => setTimeout(resolve, 20)))
  const said: string[] = []
  const server = await serveWeb({
    ...{ store, database: url, clock, register: undefined, silent: 900_000, password: undefined },
    address: '127.0.0.1',
    port: 0,
    assets: fileURLToPath(new URL('../../bridge/web/browser/', import.meta.url)),
    say: (line) => said.push(line),
    ...options,
  })
  return {
    ...{ store, clock, said, server },
    url: server.url.slice(0, -1),
    get: (path: string, headers = {}, method = 'GET') => ask(new URL(server.url), headers, method, path),
    async close() {
      server.close()
      await store.close()
    },
  }
}

/** Asks with any headers and any path, which `fetch` does not. */
export function ask(
  url: URL,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
  path = `${url.pathname}${url.search}`,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers, method, path, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (data) => (text += data))
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }))
      response.on('error', reject)
    })
    asked.on('error', reject)
    asked.end()
  })
}

const MINUTE = 60

/** The minutes of a heat meter, with digits that no float has; without a gap and none late. @param from ISO 8601 */
export function heatMinutes(serial: string, from: string, count: number): Arrival[] {
  return Array.from({ length: count }, (_, i) => {
    const time = Date.parse(from) / 1000 + i * MINUTE
    const swing = Math.round(30 * Math.sin(i / 90))
    const text = `heap=20000&t1=6${8 + (swing > 0 ? 1 : 0)}.${10 + (i % 80)} C&t2=4${3 + (i % 2)}.08 C&tdif=25.${100 + (i % 7)} K&flow1=${120 + swing} l/h&effect1=${(50 + swing) / 10} kW&hr=${59127 + Math.floor(i / 60)} h&v1=${1436 + Math.floor(i / 20)}.${100000 + i} m3&e1=99999900${1000 + Math.floor(i / 12)}.${100 + (i % 12)} kWh&`
    return { serial, kind: 'sample', time, text, receivedAt: time * 1000 + 1000 }
  })
}

export function waterMinutes(serial: string, from: string, count: number): Arrival[] {
  return Array.from({ length: count }, (_, i) => {
    const time = Date.parse(from) / 1000 + i * MINUTE
    const text = `t1=${9 + (i % 3)} C&t3=2${i % 4} C&flow1=${i % 100 < 20 ? 300 : 0} l/h&v1=${8 + Math.floor(i / 100)}.${100 + (i % 100)} m3&`
    return { serial, kind: 'sample', time, text, receivedAt: time * 1000 + 1000 }
  })
}

/** Writes messages as a bridge does. */
export async function writeAll(store: Store, arrivals: readonly Arrival[]): Promise<void> {
  for (let i = 0; i < arrivals.length; i += 1000) await store.write(arrivals.slice(i, i + 1000))
}
