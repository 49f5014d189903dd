import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Clock } from '../../modules/ports/clock.js'
import type { KeyRegister } from '../../tools/key-register.js'
import { type Listening, listening } from '../listening.js'
import { isLoopback } from '../loopback.js'
import { Figures } from '../store/figures.js'
import { DatabaseAway, type Store } from '../store/store.js'
import { Assets } from './assets.js'
import { Gate } from './gate.js'
import { problemPage } from './layout.js'
import { Live } from './live.js'
import { type Answer, Site } from './site.js'

const MOST_CONNECTIONS = 200
/** Requests that ask the database at a time. */
const MOST_AT_WORK = 20
/** A connection on which nothing moves for so long ends; ms. */
const SILENCE = 60_000

/** A browser takes nothing from anywhere else, and shows the pages within no other. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const

export interface WebOptions {
  readonly store: Pick<Store, 'rows'>
  /** Of the store's database. */
  readonly database: string
  /** Undefined with one key for all devices. */
  readonly register: KeyRegister | undefined
  /** A device that says nothing for so many milliseconds is offline. */
  readonly silent: number
  readonly clock: Clock
  readonly address: string
  /** 0 for any. */
  readonly port: number
  /** Undefined where nobody is asked for one. */
  readonly password: string | undefined
  /** Folder of the files for the browser. */
  readonly assets: string
  say(line: string): void
}

/** Serves pages about what is in the database. Nobody can change anything by them. Rejects where it cannot listen. */
export async function serveWeb(options: WebOptions): Promise<Listening> {
  const { address, port } = options
  const pages = new Pages(options)
  const server = createServer((request, response) => void pages.answer(request, response))
  server.maxConnections = MOST_CONNECTIONS
  server.requestTimeout = 10_000
  server.setTimeout(SILENCE)
  const { url, close } = await listening(server, address, port)
  return {
    url,
    close() {
      pages.close()
      close()
    },
  }
}

class Pages {
  #gate: Gate
  #site: Site
  #live: Live
  #assets: Assets
  #say: (line: string) => void
  #atWork = 0

  constructor({ store, database, register, silent, clock, address, password, assets, say }: WebOptions) {
    const figures = new Figures(store, database)
    this.#gate = new Gate({ password, isLoopback: isLoopback(address), now: () => clock.now() })
    this.#site = new Site({ figures, register, silent })
    this.#live = new Live(figures, clock)
    this.#assets = new Assets(assets)
    this.#say = say
  }

  close(): void {
    this.#live.close()
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
    const refusal = this.#gate.refusal(request)
    if (refusal !== undefined) return plain(response, refusal.status, refusal.text, refusal.headers)
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return plain(response, 405, 'Nothing can be changed here.', { allow: 'GET, HEAD' })
    const [, path = '', query = ''] = /^([^?]*)\??(.*)$/s.exec(request.url ?? '')!
    const parameters = new URLSearchParams(query)
    if (path.startsWith('/assets/') && this.#assets.answer(path.slice('/assets/'.length), request, response)) return
    if (this.#atWork >= MOST_AT_WORK) return busy(response)
    if (path === '/live') {
      const isHead = request.method === 'HEAD'
      if (isHead || !this.#live.add(response, parameters.get('serial') ?? undefined)) busy(response)
      return
    }
    this.#atWork++
    try {
      await give(await this.#site.answer(path, parameters), request, response)
    } catch (error) {
      this.#failed(error, response)
    } finally {
      this.#atWork--
    }
  }

  #failed(error: unknown, response: ServerResponse): void {
    // Whoever has gone does not wait for an answer, and a file that has begun cannot end well.
    if (response.headersSent) return void response.destroy()
    const isAway = error instanceof DatabaseAway
    if (!isAway) this.#say(`--web: ${(error as Error).message}`)
    const text = isAway ? 'The database does not answer now.' : 'This page could not be made.'
    const body = problemPage(isAway ? 'The database is away' : 'An error', text, [['/', 'All meters']])
    response.writeHead(isAway ? 503 : 500, { ...PAGE, ...(isAway && { 'retry-after': '10' }) }).end(body)
  }
}

const PAGE = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }

async function give(answer: Answer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if ('location' in answer) {
    response.writeHead(302, { location: answer.location, 'cache-control': 'no-store' }).end()
  } else if ('page' in answer) {
    response.writeHead(answer.status, PAGE).end(answer.page)
  } else {
    response.setHeader('content-type', 'text/csv; charset=utf-8; header=present')
    response.setHeader('content-disposition', `attachment; filename="${answer.name}"`)
    response.setHeader('cache-control', 'no-store')
    if (request.method === 'HEAD') response.end()
    else await pipeline(Readable.from(answer.csv), response)
  }
}

function busy(response: ServerResponse): void {
  plain(response, 503, 'Too many pages are open at once.', { 'retry-after': '5' })
}

function plain(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>>,
): void {
  response.writeHead(status, { ...headers, 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`)
}
