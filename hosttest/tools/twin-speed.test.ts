import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { EmbeddedBroker } from '../../twin/broker.js'
import { commandLine, KEY } from '../support/cli.js'
import { Lines } from '../support/lines.js'

const SAMPLE = /^\S+ \S+ {2}\/sample\/v2\/\d+\/(\d+) /

describe('a twin whose clock is fast', () => {
  const { start, meterlogger } = commandLine()

  for (const meter of ['kmp', 'mc66c'])
    it(`reads its ${meter} meter, and takes commands when its time is hours away from everybody else's`, async () => {
      const began = Date.now() / 1000
      const child = start('twin', '--meter', meter, '--speed', '2000', '--serial', '42', '--broker', broker.url)
      const [out, err] = [new Lines(child.stdout), new Lines(child.stderr)]
      // More than an hour of samples, one a minute.
      await out.findAll(SAMPLE, 70)
      const sent = await meterlogger([
        ...['send', 'open_until', '60000', '--broker', broker.url, '--serial', '42', '--key', KEY, '--wait', '300'],
      ])
      deepEqual([sent.code, sent.out], [0, '60000\n'], sent.err)
      const times = out.all.map((line) => Number(SAMPLE.exec(line)?.[1])).filter((time) => time > 0)
      ok(times.at(-1)! - began > 3_600)
      deepEqual(
        err.all.filter((line) => /no reply|refused/.test(line)),
        [],
      )
    })

  let broker: EmbeddedBroker
  beforeEach(async () => {
    broker = await EmbeddedBroker.listen(0)
  })
  afterEach(() => broker.close())
})

describe('a twin in a pipe', () => {
  const { start } = commandLine()

  it('says who it is, how to send, and what can be typed', async () => {
    const child = start('twin', '--serial', '6892850')
    const [out, err] = [new Lines(child.stdout), new Lines(child.stderr)]
    const url = (await err.find(/^broker /)).slice('broker '.length)
    equal(await err.find(/^device /), 'device 6892850, key ef50... of the examples, which everybody knows')
    equal(
      await err.find(/^from another terminal/),
      `from another terminal: npx meterlogger send ping --broker ${url} --serial 6892850 --key ${KEY} --wait 10`,
    )
    child.stdin.write('help\n')
    await err.find(/^ {2}open_until +kWh/)
    await err.find(/^ {2}!line silent$/)
    await out.find(/\/reset_reason\//)
    child.stdin.write('!access point gone on\n')
    await err.find(/^access point gone on: done/)
    await err.find(/^wifi: next round in \d+ ms$/)
    child.stdin.write('ping\n')
    await err.find(/^ping is not sent: the device is not at its broker now/)
    const ended = once(child, 'close')
    child.stdin.write('quit\n')
    deepEqual(await ended, [0, null])
    ok(![...out.all, ...err.all].some((line) => line.includes('\u001b')))
  })

  it('that leaves the factory calls its own broker once it has a network, and says which', async () => {
    const child = start('twin', '--fresh', '--serial', '42')
    const err = new Lines(child.stderr)
    const url = (await err.find(/^broker /)).slice('broker mqtt://'.length)
    match(await err.find(/^set it up on /), /the network is twin, its password simulated/)
    const page = (await err.find(/^portal /)).slice('portal '.length)
    await err.find(/^the portal is open for two minutes, .* to open it again start the twin anew$/)
    await err.find(/^portal: open/)
    const body = new URLSearchParams({ essid: 'twin', passwd: 'simulated' })
    await fetch(new URL('/wifi/setup.cgi', page), { method: 'POST', body })
    equal(await err.find(/^mqtt: connecting/), `mqtt: connecting to ${url} as 0000042`)
  })

  it('leads from its set-up page back to its own broker, and never to the one of real boards', async () => {
    const broker = await EmbeddedBroker.listen(0)
    const { host } = new URL(broker.url)
    for (const own of [[], ['--broker', `mqtt://me:secret@${host}`]]) {
      const child = start('twin', '--serial', '42', ...own)
      const err = new Lines(child.stderr)
      const page = (await err.find(/^portal /)).slice('portal '.length)
      await err.find(/^portal: open/)
      const text = async () => (await fetch(new URL('/wifi/wifi_setup.tpl', page))).text()
      equal(/nabovarme|broker\.cgi/.exec(await text()), null)
      const body = new URLSearchParams({ essid: 'twin', passwd: 'simulated', mqtthost: '127.0.0.9' })
      await fetch(new URL('/wifi/setup.cgi', page), { method: 'POST', body })
      await err.find(/^mqtt: connecting to 127\.0\.0\.9/)
      match(await text(), /Back to the standard broker, 127\.0\.0\.1</)
      child.kill('SIGKILL')
    }
    await broker.close()
  })

  it('is the user of --broker', async () => {
    const server = createServer()
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as { port: number }
    const connects: string[] = []
    server.on('connection', (socket) => {
      socket.on('error', () => {})
      socket.on('data', (data) => {
        connects.push(data.toString('latin1'))
        // Again and again, which only a broker does that breaks the protocol.
        socket.write(Uint8Array.of(0x20, 2, 0, 0))
      })
    })
    const child = start('twin', '--serial', '42', '--broker', `mqtt://me:secret@127.0.0.1:${port}`)
    const err = new Lines(child.stderr)
    await err.find(/^mqtt: connected/)
    child.kill('SIGKILL')
    server.close()
    ok(connects.some((text) => text.includes('0000042') && text.includes('me') && text.includes('secret')))
    ok(!err.all.some((line) => line.includes('secret')))
  })

  it('names a state folder that is of no use, and ends', async () => {
    const child = start('twin', '--state', '/dev/null/x')
    const err = new Lines(child.stderr)
    deepEqual(await once(child, 'close'), [2, null])
    match(err.all[0]!, /^meterlogger: --state: /)
  })
})
