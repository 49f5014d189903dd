// node only
import { equal, match } from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { FakeDevice } from '../support/portal.js'
import { type ServedPortal, servePortal } from '../support/portal-host.js'
import { until } from '../support/until.js'

describe('the portal on a real socket', () => {
  let portal: ServedPortal
  let port: number
  let sockets: Socket[]

  beforeEach(async () => {
    portal = await servePortal(new FakeDevice(), 'KAM_7654321')
    port = Number(new URL(portal.url).port)
    sockets = []
  })

  afterEach(() => {
    portal.close()
    for (const socket of sockets) socket.destroy()
  })

  async function open(): Promise<Socket> {
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    sockets.push(socket)
    await once(socket, 'connect')
    return socket
  }

  async function page(): Promise<string> {
    const response = await fetch(`${portal.url}/meter`)
    equal(response.status, 200)
    return response.text()
  }

  it('answers beside 500 that say nothing, and lets go of them', async () => {
    const silent = await Promise.all(Array.from({ length: 500 }, open))
    match(await page(), /<\/html>\n$/)
    // A peer that was hung up on reads the end of the stream.
    for (const socket of silent) socket.resume()
    const ended = () => silent.filter((socket) => socket.readableEnded || socket.destroyed).length
    await until(() => ended() >= 496, 'the end of all but four')
  })

  it('answers beside one that sends without an end', async () => {
    for (const start of [
      '',
      'GET / HTTP/1.1\r\nX: ',
      'POST /wifi/setup.cgi HTTP/1.1\r\nContent-Length: 1024\r\n\r\n',
    ]) {
      const flood = await open()
      flood.resume()
      flood.write(start)
      for (let i = 0; i < 100 && !flood.destroyed; i++) flood.write(new Uint8Array(100_000).fill(0x61))
      match(await page(), /<\/html>\n$/)
    }
  })

  it('answers a script that has closed its side already', async () => {
    const script = await open()
    let answer = ''
    script.setEncoding('utf8').on('data', (text: string) => (answer += text))
    script.end('GET /wifi/wifi_setup.tpl HTTP/1.0\r\n\r\n')
    await once(script, 'end')
    match(answer, /^HTTP\/1\.1 200 OK[\s\S]*<\/html>\n$/)
  })
})
