import { equal, match, ok } from 'node:assert/strict'
import { encodeUtf8 } from '../../modules/codec/utf8.js'
import { FakeDevice, FakeUpdate, get, HOST, post, serveSite } from '../support/portal.js'

/** A request with bytes that are no form. */
function piece(path: string, bytes: Uint8Array, ...headers: string[]): Uint8Array {
  const lines = [`Host: ${HOST}`, 'Content-Type: application/octet-stream', ...headers]
  const head = encodeUtf8(`POST ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\nContent-Length: ${bytes.length}\r\n\r\n`)
  const request = new Uint8Array(head.length + bytes.length)
  request.set(head)
  request.set(bytes, head.length)
  return request
}

const bytes = Uint8Array.from({ length: 3_000 }, (_, i) => i * 7)

describe('the page for updates', () => {
  function site() {
    const device = new FakeDevice()
    device.now.brokerConnected = true
    const update = new FakeUpdate()
    const network = serveSite(device, update)
    const page = (...headers: string[]) => network.ask(get('/device', ...headers))
    const send = (at: string, part: Uint8Array, ...headers: string[]) =>
      network.ask(piece(`/update?at=${at}`, part, ...headers))
    return { device, update, network, page, send }
  }

  it('offers an update on a device that takes updates, and on no other', () => {
    const { network, page } = site()
    match(page(), /0\.1\.0[\s\S]*Signed file/)
    match(network.ask(get('/update')), /^HTTP\/1.1 302 [\s\S]*\/device\r/)
    const none = serveSite(new FakeDevice())
    ok(!none.ask(get('/device')).includes('Signed file'))
    match(none.ask(get('/update')), /^HTTP\/1.1 404/)
    match(none.ask(piece('/update?at=0', bytes.slice(0, 10))), /^HTTP\/1.1 404/)
  })

  it('takes a file in pieces, each byte as it is', () => {
    const { update, send, network } = site()
    for (let at = 0; at < 2_048; at += 1_024)
      match(send(String(at), bytes.slice(at, at + 1_024)), new RegExp(`{"next":${at + 1_024}}$`))
    match(send('1024', bytes.slice(1_024, 2_048)), /{"next":2048}$/)
    match(send('2048', bytes.slice(2_048)), /{"end":1}$/)
    equal(update.file.join(), bytes.join())
    match(network.ask(get('/update/progress')), /"inProgress":"1"/)
  })

  it('says how it goes, in both languages', () => {
    const { update, page, network, device } = site()
    for (const [progress, english, danish] of [
      [{ at: 'fetching', version: '0.2.0', percent: 40 }, /0\.2\.0 is on its way: 40 %/, /0\.2\.0 er på vej: 40 %/],
      [{ at: 'checking', version: '0.2.0', percent: 100 }, /being checked/, /kontrolleres/],
      [
        { at: 'restarting', version: '0.2.0', percent: 100 },
        /restarts with version 0\.2\.0/,
        /genstarter med version 0\.2\.0/,
      ],
      [{ at: 'probation', version: '', percent: 0 }, /for the first time/, /for første gang/],
    ] as const) {
      update.progress = { ...progress, reason: '' }
      match(page(), english)
      match(page('Accept-Language: da'), danish)
      ok(!page().includes('type="file"'))
    }
    update.progress = { at: 'idle', version: '', percent: 0, reason: 'failed before: <b>' }
    match(page(), /role="alert">The last update was not installed: <span lang="en">failed before: &lt;b&gt;</)
    match(page(), /type="file"/)
    match(network.ask(get('/update/progress')), /"inProgress":"0"/)
    ok(!page().includes('The broker is not connected'))
    device.now.brokerConnected = false
    match(page(), /The broker is not connected/)
  })

  it('takes nothing from another site, for another host, too long, or from anywhere but a byte', () => {
    const { update, send, network } = site()
    match(send('0', bytes.slice(0, 10), 'Origin: http://evil.example'), /^HTTP\/1.1 403/)
    match(send('0', bytes.slice(0, 10), 'Sec-Fetch-Site: cross-site'), /^HTTP\/1.1 403/)
    match(send('0', bytes.slice(0, 1_025)), /^HTTP\/1.1 413/)
    for (const at of ['', '-1', 'x', '1e3', '999999999']) match(send(at, bytes.slice(0, 10)), /^HTTP\/1.1 404/)
    match(network.ask(piece('/update', bytes.slice(0, 10))), /^HTTP\/1.1 404/)
    match(network.ask(piece('/wifi/setup.cgi?at=0', bytes.slice(0, 10))), /^HTTP\/1.1 404/)
    match(network.ask(post('/update?at=0', 'a=b')), /^HTTP\/1.1 404/)
    equal(update.file.length, 0)
  })
})
