import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { basename, resolve } from 'node:path'
import send from 'send'

/** Connections at a time. */
const MOST_CONNECTIONS = 1_000
/** A connection on which nothing moves for so long ends. */
const SILENCE = 120_000
/** A device waits while its meter talks, and goes on over the same connection. */
const KEEP_ALIVE = 30_000

/** A web server that has these files under their names, and nothing else. It does GET and HEAD, with ranges. */
export function fileServer(paths: readonly string[]): Server {
  const files = new Map(paths.map((path) => [urlPath(path), path]))
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE }, (request, response) => answer(files, request, response))
  server.maxConnections = MOST_CONNECTIONS
  server.setTimeout(SILENCE)
  return server
}

/** Where the server has a file. */
export function urlPath(path: string): string {
  return `/${encodeURIComponent(basename(path))}`
}

function answer(files: ReadonlyMap<string, string>, request: IncomingMessage, response: ServerResponse): void {
  const { method, url = '' } = request
  if (method !== 'GET' && method !== 'HEAD') return refuse(response, 405, { Allow: 'GET, HEAD' })
  const file = files.get(url.replace(/\?.*$/s, ''))
  if (file === undefined) return refuse(response, 404)
  send(request, encodeURIComponent(resolve(file)), { cacheControl: false, dotfiles: 'allow' }).pipe(response)
}

function refuse(response: ServerResponse, status: number, headers = {}): void {
  response.writeHead(status, { ...headers, 'Content-Length': 0 }).end()
}
