import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { copiesOf } from '../../site/documents/copies.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
}

/**
 * Serves the site's files as any web server does.
 * @param headers more of them, with every file
 * @returns its address, `http://127.0.0.1:PORT/`, and what ends it
 */
export async function serveSite(
  files: ReadonlyMap<string, string>,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ url: string; close(): void }> {
  const copies = copiesOf()
  const server = createServer(({ url }, response) => {
    const name = url === '/' ? 'index.html' : url!.slice(1)
    const copied = copies.get(name)
    const content = files.get(name) ?? (copied === undefined ? undefined : readFileSync(`${ROOT}${copied}`))
    if (content === undefined) return void response.writeHead(404).end()
    for (const [header, value] of Object.entries(headers)) response.setHeader(header, value)
    response.setHeader('Content-Type', TYPES[name.split('.').at(-1)!]!).end(content)
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => void server.close() }
}
