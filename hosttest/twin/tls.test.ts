import { deepEqual, equal, match } from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import type { MqttConnectOptions } from '../../modules/ports/mqtt.js'
import { mqttConnector } from '../../twin/mqtt-client.js'
import { certificate, type Made } from '../support/certificates.js'
import { commandLine, KEY } from '../support/cli.js'
import { Lines } from '../support/lines.js'
import { Mosquitto, type MosquittoTls, missingMosquitto } from '../support/mosquitto.js'
import { needs } from '../support/needs.js'

const NAMES = ['localhost', '127.0.0.1']
const DAY = 86_400_000

interface Call {
  readonly port: number
  readonly pinned: Made
  readonly host?: string
  readonly known?: readonly Made[]
}

/** Calls a broker as the twin does. @returns why the connection has failed; `connected` where it has not */
function call({ port, pinned, host = '127.0.0.1', known = [] }: Call): Promise<string> {
  return new Promise((resolve) => {
    const options: MqttConnectOptions = {
      host,
      port,
      certificate: pinned.fingerprint,
      unix: Math.floor(Date.now() / 1000),
      id: 'twin',
      user: 'u',
      password: 'p',
      keepAlive: 60,
      willTopic: 'w',
      onReached() {},
      onConnected() {
        connection.close()
        resolve('connected')
      },
      onPublish() {},
      onControl() {},
      onSubscribed() {},
      onWritable() {},
      onClosed: resolve,
    }
    const connection = mqttConnector(known.map((made) => made.der))(options)
  })
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

async function listening<T extends Server>(server: T): Promise<T> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return server
}

describe('a broker with TLS', () => {
  const { children, start, meterlogger } = commandLine()
  let ca: Made
  let good: Made
  let mosquitto: Mosquitto | undefined

  before(function () {
    needs(this, missingMosquitto())
    ca = certificate({ kind: 'rsa' })
    good = certificate({ issuer: ca, names: NAMES })
  })

  afterEach(() => {
    mosquitto?.remove()
    mosquitto = undefined
  })

  async function broker(...chain: readonly Made[]): Promise<number> {
    return brokerWith({ chain })
  }

  async function brokerWith(tls?: MosquittoTls): Promise<number> {
    mosquitto = await Mosquitto.start(children, tls)
    return mosquitto.port
  }

  it('is called when its chain leads to the pinned certificate, by name and by address', async () => {
    const port = await broker(good, ca)
    equal(await call({ port, pinned: ca }), 'connected')
    equal(await call({ port, pinned: ca, host: 'localhost' }), 'connected')
    equal(await call({ port, pinned: good }), 'connected')
  })

  it('is called with a key of RSA too, and where it sends its own certificate alone and the other is known', async () => {
    const port = await broker(certificate({ issuer: ca, kind: 'rsa', names: NAMES }))
    equal(await call({ port, pinned: ca, known: [ca] }), 'connected')
    match(await call({ port, pinned: ca }), /none of the certificates that the broker sent is the pinned one/)
  })

  for (const [what, chain, reason] of [
    ['of another CA', () => [certificate({ issuer: certificate(), names: NAMES })], /none of the certificates/],
    ['that vouches for itself', () => [certificate({ names: NAMES })], /none of the certificates/],
    [
      'with another name',
      () => [certificate({ issuer: ca, names: ['other.example.org'] }), ca],
      /is not for 127\.0\.0\.1, but for other\.example\.org/,
    ],
    [
      'that has run out',
      () => [certificate({ issuer: ca, names: NAMES, to: new Date(Date.now() - DAY / 2) }), ca],
      /the broker's certificate has run out/,
    ],
    [
      'that is not valid yet',
      () => [certificate({ issuer: ca, names: NAMES, from: new Date(Date.now() + DAY) }), ca],
      /is not valid yet/,
    ],
    [
      'of its own before the genuine CA',
      () => [certificate({ names: NAMES }), ca],
      /is not signed by the one above it/,
    ],
    [
      'signed by a certificate that may not',
      () => [certificate({ issuer: good, names: NAMES }), good, ca],
      /may not vouch for others/,
    ],
  ] as const)
    it(`is refused with a certificate ${what}`, async () => {
      const port = await broker(...chain())
      match(await call({ port, pinned: ca }), reason)
    })

  it('is refused when it speaks no TLS, or another version than 1.2', async () => {
    match(await call({ port: await brokerWith(), pinned: ca }), /closed the connection during the handshake|ECONNRESET/)
    mosquitto!.remove()
    const port = await brokerWith({ chain: [good, ca], version: 'tlsv1.3' })
    equal(await call({ port, pinned: ca }), 'the broker ends TLS, alert 70: it speaks another version of TLS than 1.2')
    for (const version of ['TLSv1', 'TLSv1.1'] as const) {
      const server = await listening(
        createTlsServer({
          key: good.keyPem,
          cert: good.pem,
          minVersion: version,
          maxVersion: version,
          ciphers: 'DEFAULT@SECLEVEL=0',
        }),
      )
      server.on('tlsClientError', () => {})
      // It finds no suite before it tells its version.
      match(await call({ port: portOf(server), pinned: ca }), /alert (40|70): /)
      server.close()
    }
    const smtp = await listening(createServer((socket) => socket.end('220 mail.example.org ESMTP\r\n')))
    equal(await call({ port: portOf(smtp), pinned: ca }), 'the broker does not speak TLS')
    smtp.close()
  })

  it('is called again after the connection was cut at any step of the handshake', async () => {
    const port = await broker(good, ca)
    let limit = Number.POSITIVE_INFINITY
    let passed = 0
    const open = new Set<Socket>()
    /** Passes so many bytes of the broker's, then hangs up. */
    const proxy = await listening(
      createServer((client) => {
        const server = connect(port, '127.0.0.1')
        for (const socket of [client, server]) {
          open.add(socket)
          socket.on('error', () => {})
        }
        passed = 0
        client.pipe(server)
        client.on('close', () => server.destroy())
        server.on('data', (bytes) => {
          client.write(bytes.subarray(0, Math.max(0, limit - passed)))
          passed += bytes.length
          if (passed >= limit) client.end()
        })
        server.on('close', () => client.destroy())
      }),
    )
    const through = { port: portOf(proxy), pinned: ca }
    equal(await call(through), 'connected')
    const whole = passed
    const outcomes = new Set<string>()
    for (limit = 0; limit < whole; limit += limit < 12 || whole - limit < 120 ? 1 : 29) {
      const outcome = await call(through)
      // A signature of ECDSA may be a byte or two shorter this time, and the handshake whole before the limit.
      if (passed > limit || outcome !== 'connected') outcomes.add(outcome)
    }
    deepEqual([...outcomes].sort(), [
      'connection closed by the broker',
      'the broker closed the connection during the handshake',
    ])
    limit = Number.POSITIVE_INFINITY
    equal(await call(through), 'connected')
    proxy.close()
    for (const socket of open) socket.destroy()
  })

  describe('on the command line', () => {
    let folder: string
    const file = (name: string, ...made: readonly Made[]) => {
      const path = join(folder, name)
      writeFileSync(path, made.map(({ pem }) => pem).join(''))
      return path
    }

    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'meterlogger-tls-'))
    })
    after(() => rmSync(folder, { recursive: true }))

    it('has a twin that samples and is commanded, where the broker sends its own certificate alone', async () => {
      await broker(good)
      const common = ['--broker', mosquitto!.url, '--ca', file('ca.pem', ca), '--key', KEY]
      const listen = start('listen', ...common, '--json')
      const heard = new Lines(listen.stdout)
      await new Lines(listen.stderr).find(/listening on mqtts:/)
      const twin = start('twin', ...common, '--serial', '1234567', '--speed', '10')
      twin.stdout.resume()
      await new Lines(twin.stderr).find(/mqtt: connected/)
      match(await heard.find(/"kind":"sample"/), /"serial":"1234567"/)
      const { code, out } = await meterlogger(['send', 'mqtt', ...common, '--serial', '1234567', '--wait', '300'])
      equal(code, 0)
      match(out, new RegExp(`port=${mosquitto!.port}&.*certificate=${ca.fingerprint}`))
    })

    it('is refused with plain words by each command', async () => {
      const port = await broker(certificate({ issuer: ca, names: ['other.example.org'] }), ca)
      const url = `mqtts://127.0.0.1:${port}`
      const commands = [['twin'], ['listen'], ['send', 'ping', '--serial', '1']]
      for (const [options, reason] of [
        [['--ca', file('ca.pem', ca)], /the broker's certificate is for another name: DNS:other\.example\.org/],
        [['--ca', file('other.pem', certificate())], /no known certificate vouches for the broker's/],
        [[], /no known certificate vouches for the broker's/],
      ] as const)
        for (const command of commands) {
          const { code, err } = await meterlogger([...command, '--broker', url, '--key', KEY, ...options])
          match(err, reason)
          equal(code, 1)
        }
    })

    it('wants a certificate that can be read, and a URL with TLS', async () => {
      const nothing = file('empty.pem')
      const broken = join(folder, 'broken.pem')
      writeFileSync(broken, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')
      for (const [url, path, reason] of [
        ['mqtt://127.0.0.1', nothing, /--ca: TLS needs mqtts:\/\//],
        ['mqtts://127.0.0.1', nothing, /--ca: no certificate, PEM, in /],
        ['mqtts://127.0.0.1', broken, /--ca: .*broken\.pem: /],
        ['mqtts://127.0.0.1', join(folder, 'none.pem'), /no such file/],
      ] as const) {
        const { code, err } = await meterlogger(['listen', '--broker', url, '--ca', path, '--key', KEY])
        match(err, reason)
        equal(code, 2)
      }
    })
  })
})
