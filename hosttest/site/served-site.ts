import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const TYPES: Readonly<Record<string, string>> = { html: 'text/html', js: 'text/javascript', css: 'text/css' }

/** Serves the site's files as any web server does. @returns its address, `http://127.0.0.1:PORT/`, and what ends it */
export async function serveSite(files: ReadonlyMap<string, string>): Promise<{ url: string; close(): void }> {
  const server = createServer(({ url }, response) => {
    const name = url === '/' ? 'index.html' : url!.slice(1)
    const text = files.get(name)
    if (text === undefined) return void response.writeHead(404).end()
    response.setHeader('Content-Type', `${TYPES[name.split('.')[1]!]}; charset=utf-8`).end(text)
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => void server.close() }
}
