import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { CONTENT_TYPE } from './exposition.js'
import { type Listening, listening } from './listening.js'
import { isLocalName, isLoopback } from './loopback.js'

const MOST_CONNECTIONS = 50
/** A connection on which nothing moves for so long ends; ms. */
const SILENCE = 30_000

/** Answers `GET /metrics`; on a loopback address only by a name of this computer. Rejects where it cannot listen. @param port 0 for any */
export async function serveMetrics(
  text: () => string,
  address: string,
  port: number,
  silence = SILENCE,
): Promise<Listening> {
  const server = createServer((request, response) => answer(text, isLoopback(address), request, response))
  server.maxConnections = MOST_CONNECTIONS
  server.requestTimeout = 10_000
  server.setTimeout(silence)
  const { url, close } = await listening(server, address, port)
  return { url: `${url}metrics`, close }
}

function answer(text: () => string, isLocal: boolean, request: IncomingMessage, response: ServerResponse): void {
  // A page of another site may have a name that leads here.
  if (isLocal && !isLocalName(request.headers.host ?? ''))
    return void response.writeHead(403).end('These metrics are for this computer alone, by the name localhost.\n')
  if (request.url?.split('?')[0] !== '/metrics') return void response.writeHead(404).end()
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return void response.writeHead(405, { allow: 'GET, HEAD' }).end()
  response.writeHead(200, { 'content-type': CONTENT_TYPE }).end(request.method === 'HEAD' ? undefined : text())
}
