// node only
import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { Agent, createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HEAD, openHead } from '../../modules/update/manifest.js'
import { NegativeResult } from '../../tools/errors.js'
import { fileServer } from '../../tools/file-server.js'
import { readHead } from '../../tools/remote-head.js'
import { manifestInFile, manifestOf } from '../../tools/signed-file.js'
import { portOf } from '../../twin/bind.js'
import { makeImage } from '../../twin/image.js'
import { nodeVerifier } from '../../twin/verifier.js'
import { commandLine } from '../support/cli.js'
import { Lines } from '../support/lines.js'
import { signed } from '../support/update.js'

const IMAGE = makeImage({ version: '0.2.0', variant: 'devkit', size: 20_000 })

/** A folder of a suite, and the paths in it. */
function folderOf(name: string) {
  const folder = mkdtempSync(join(tmpdir(), `meterlogger-${name}-`))
  after(() => rmSync(folder, { recursive: true }))
  return (file: string) => join(folder, file)
}

describe('update keygen', () => {
  const { meterlogger } = commandLine()
  const at = folderOf('keygen')
  const keygen = (secret: string, open: string) =>
    meterlogger(['update', 'keygen', '--private-key', at(secret), '--public-key', at(open)])

  it('makes a pair that belongs together, and keeps the private key from others', async () => {
    const { code, out, err } = await keygen('private.pem', 'public.pem')
    deepEqual([code, err.includes('PRIVATE')], [0, false])
    match(out, /^[0-9a-f]{128}\n$/)
    deepEqual([statSync(at('private.pem')).mode & 0o777, statSync(at('public.pem')).mode & 0o777], [0o600, 0o644])
    const open = createPublicKey(readFileSync(at('private.pem'))).export({ format: 'pem', type: 'spki' })
    equal(readFileSync(at('public.pem'), 'utf8'), open)
    equal(createPublicKey(open).export({ format: 'der', type: 'spki' }).subarray(-64).toString('hex'), out.trim())
  })

  it('overwrites nothing, and makes both files or none', async () => {
    writeFileSync(at('old'), 'old')
    for (const [secret, open] of [
      ['old', 'new'],
      ['new', 'old'],
      ['none/new', 'new'],
      ['new', 'new'],
    ] as const) {
      const { code, out, err } = await keygen(secret, open)
      deepEqual([code, out], [2, ''], err)
      match(err, /is not overwritten|no such folder/)
      deepEqual([readFileSync(at('old'), 'utf8'), existsSync(at('new'))], ['old', false], `${secret} ${open}`)
    }
  })
})

describe('update sign', () => {
  const { meterlogger } = commandLine()
  const at = folderOf('sign')
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const point = new Uint8Array(pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-64))
  const sign = (image: string, key = 'private.pem', out = 'out') =>
    meterlogger(['update', 'sign', at(image), '--private-key', at(key), '--out', at(out)])

  before(() => {
    writeFileSync(at('private.pem'), pair.privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 })
    writeFileSync(at('public.pem'), pair.publicKey.export({ format: 'pem', type: 'spki' }))
    writeFileSync(at('image'), IMAGE)
  })

  it('writes the image, unchanged, behind a head that its owner has signed', async () => {
    const { code, out, err } = await sign('image')
    deepEqual([code, out], [0, ''])
    equal(err, `${at('out')}: version 0.2.0 for esp32, variant devkit, ${IMAGE.length} bytes\n`)
    const file = readFileSync(at('out'))
    deepEqual(new Uint8Array(file.subarray(HEAD)), IMAGE)
    const head = openHead(file.subarray(0, HEAD), point, nodeVerifier)
    ok(head.ok && manifestInFile(file).ok)
    deepEqual(
      [head.value.project, head.value.chip, head.value.variant, head.value.version, head.value.length],
      ['xs_esp32', 'esp32', 'devkit', '0.2.0', IMAGE.length],
    )
    // A new one takes its place.
    equal((await sign('image')).code, 0)
    deepEqual(
      readdirSync(at('')).filter((name) => name.includes('new')),
      [],
    )
  })

  it('says that devices take no version by itself that is no release', async () => {
    writeFileSync(at('odd'), makeImage({ version: 'v3-dirty' }))
    const { code, err } = await sign('odd')
    equal(code, 0)
    match(err, /^version v3-dirty is no release such as 0.2.0: devices take it by --force only$/m)
  })

  it('warns of a private key that others can read', async () => {
    chmodSync(at('private.pem'), 0o644)
    const { code, err } = await sign('image')
    chmodSync(at('private.pem'), 0o600)
    equal(code, 0)
    ok(err.startsWith(`${at('private.pem')}: others on this computer can read it; chmod 600 ends that\n`), err)
  })

  it('refuses other keys, and never overwrites what it reads', async () => {
    rmSync(at('out'), { force: true })
    const other = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey
    writeFileSync(at('other.pem'), other.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 })
    for (const [args, reason] of [
      [['image', 'public.pem'], /--private-key: expected a private key of P-256 as PEM in /],
      [['image', 'other.pem'], /--private-key: expected a private key of P-256/],
      [['image', 'none.pem'], /no such file/],
      [['none'], /no such file/],
      [['image', 'private.pem', 'image'], /is read from, and is not overwritten/],
      [['image', 'private.pem', 'private.pem'], /is read from, and is not overwritten/],
    ] as const) {
      const { code, err } = await sign(...(args as [string]))
      equal(code, 2, err)
      match(err, reason)
    }
    deepEqual([existsSync(at('out')), new Uint8Array(readFileSync(at('image')))], [false, IMAGE])
  })

  it('refuses with 1 what is no image of this firmware', async () => {
    writeFileSync(at('other'), makeImage({ version: '1.0', project: 'blink' }))
    const { code, err } = await sign('other')
    equal(code, 1)
    match(err, /other: an image of the project "blink", not of xs_esp32/)
    equal(existsSync(at('out')), false)
  })

  it('says what else is no image of this firmware', () => {
    const changed = (at: number, ...bytes: number[]) => {
      const image = IMAGE.slice()
      image.set(bytes, at)
      return image
    }
    const texts: [Uint8Array, RegExp][] = [
      [new Uint8Array(0), /its first byte is not e9/],
      [Buffer.from('#!/bin/sh\n'), /its first byte is not e9/],
      [IMAGE.slice(0, 200), /an image that ends after 200 bytes/],
      [changed(12, 9), /an image for another chip, number 9/],
      [changed(32, 0), /without the descriptor of an application/],
      [changed(10_000, IMAGE[10_000]! ^ 1), /another hash than it says/],
      [IMAGE.slice(0, -1), /cut off/],
      [signed(IMAGE), /its first byte is not e9/],
      [makeImage({ version: '' }), /version "": expected 1 to 31/],
      [makeImage({ version: '1 2' }), /version "1 2": expected 1 to 31/],
      [makeImage({ version: '1', variant: 'a+b' }), /variant "a\+b": expected 1 to 31/],
    ]
    for (const [image, reason] of texts) {
      const manifest = manifestOf(image)
      ok(!manifest.ok)
      match(manifest.error, reason)
    }
  })
})

describe('update serve', () => {
  const { start, meterlogger } = commandLine()
  const at = folderOf('serve')
  const file = signed(IMAGE)
  before(() => {
    writeFileSync(at('a b.signed'), file)
    writeFileSync(at('image'), IMAGE)
  })

  it('prints where it serves a file, serves it in ranges, and ends on a signal though a device is connected', async () => {
    const child = start('update', 'serve', at('a b.signed'), '--port', '0', '--listen', '127.0.0.1')
    const [out, err] = [new Lines(child.stdout), new Lines(child.stderr)]
    const url = await out.find(/^http/)
    match(url, /^http:\/\/127\.0\.0\.1:\d+\/a%20b\.signed$/)
    match(await err.find(/version/), /a b\.signed: version 0\.2\.0 for esp32, variant devkit$/)
    equal((await readHead(url)).version, '0.2.0')
    const agent = new Agent({ keepAlive: true })
    for (const from of [0, 512, 4_608]) {
      const [response, body] = await answerOf(url, { agent, headers: { Range: `bytes=${from}-${from + 4_095}` } })
      equal(response.statusCode, 206)
      equal(response.headers['content-range'], `bytes ${from}-${from + 4_095}/${file.length}`)
      deepEqual(body, file.slice(from, from + 4_096))
    }
    const ended = once(child, 'close')
    child.kill('SIGTERM')
    deepEqual(await ended, [0, null])
    agent.destroy()
  })

  it('serves nothing that is no signed image, and no two of one name', async () => {
    const damaged = file.slice()
    damaged[file.length - 1]! ^= 1
    writeFileSync(at('damaged'), damaged)
    for (const [files, code, reason] of [
      [[at('image')], 1, /image: no signed update/],
      [[at('damaged')], 1, /the image is not the one that was signed/],
      [[at('none')], 2, /no such file/],
      [[at('a b.signed'), `${at('')}/./a b.signed`], 2, /there is another file of this name/],
    ] as const) {
      const ended = await meterlogger(['update', 'serve', ...files, '--port', '0'])
      deepEqual([ended.code, ended.out], [code, ''], ended.err)
      match(ended.err, reason)
    }
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const taken = String(portOf(other))
    const ended = await meterlogger([
      ...['update', 'serve', at('a b.signed'), '--listen', '127.0.0.1'],
      ...['--port', taken],
    ])
    other.close()
    equal(ended.code, 1)
    match(ended.err, /--port: another program has port \d+ already; give another port/)
  })
})

describe('the server of signed files', () => {
  const at = folderOf('server')
  const files = ['a', '.b', 'ø'].map(at)
  const server = fileServer(files)
  let url = ''
  before(async () => {
    for (const path of files) writeFileSync(path, `of ${path}`)
    writeFileSync(at('secret'), 'secret')
    await once(server.listen(0, '127.0.0.1'), 'listening')
    url = `http://127.0.0.1:${portOf(server)}`
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })

  const statusOf = async (path: string, method = 'GET', headers = {}) => {
    const [{ statusCode }] = await answerOf(`${url}${path}`, { method, headers })
    return statusCode
  }

  it('has its files under their names', async () => {
    for (const [path, file] of [
      ['/a', files[0]],
      ['/a?x=1', files[0]],
      ['/.b', files[1]],
      ['/%C3%B8', files[2]],
    ] as const)
      equal(Buffer.from((await answerOf(`${url}${path}`))[1]).toString(), `of ${file}`)
    equal(await statusOf('/a', 'HEAD'), 200)
  })

  it('has nothing else, and takes nothing', async () => {
    for (const path of ['/', '/secret', '/a/', '/../secret', '/%2e%2e/secret', '/./secret', '/a%00', '/%'])
      equal(await statusOf(path), 404, path)
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) equal(await statusOf('/a', method), 405, method)
    equal(await statusOf('/a', 'GET', { Range: 'bytes=4000-8095' }), 416)
  })

  it('answers 404 when a file has gone', async () => {
    rmSync(at('.b'))
    equal(await statusOf('/.b'), 404)
    equal(await statusOf('/a'), 200)
  })
})

describe('the head of a file at an address', () => {
  const file = signed(IMAGE)
  let answer: (response: ServerResponse) => void = () => {}
  const server = createServer((_request, response) => answer(response))
  let url = ''
  before(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    url = `http://127.0.0.1:${portOf(server)}/file`
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })

  const range = (bytes: Uint8Array, total = file.length) => ({
    'Content-Range': `bytes 0-${bytes.length - 1}/${total}`,
    'Content-Length': bytes.length,
  })

  it('is refused with 1 where a device would not get it, and the reason says why', async () => {
    const head = file.slice(0, HEAD)
    for (const [respond, reason] of [
      [(to: ServerResponse) => to.writeHead(404).end(), /HTTP 404$/],
      [(to: ServerResponse) => to.writeHead(302, { Location: '/other' }).end(), /HTTP 302$/],
      [(to: ServerResponse) => to.writeHead(200).end(file), /the server sends no ranges/],
      [(to: ServerResponse) => to.writeHead(206, range(IMAGE)).end(IMAGE), /no signed update$/],
      [(to: ServerResponse) => to.writeHead(206, range(head.slice(1))).end(head.slice(1)), /no signed update$/],
      [
        (to: ServerResponse) => to.writeHead(206, range(head, 9_999)).end(head),
        /expected the range bytes 0-511\/20512/,
      ],
      [(to: ServerResponse) => to.destroy(), /socket|hang up|closed/],
    ] as const) {
      answer = respond
      await rejects(readHead(url), (error) => {
        ok(error instanceof NegativeResult)
        match(error.message, reason)
        return error.message.startsWith(`${url}: `)
      })
    }
    answer = (to) => to.writeHead(206, range(head)).end(head)
    equal((await readHead(url)).length, IMAGE.length)
  })
})

/** What a server answers. */
function answerOf(url: string, options: Parameters<typeof get>[1] = {}): Promise<[IncomingMessage, Uint8Array]> {
  return new Promise((resolve, reject) => {
    const { pathname, origin } = new URL(url)
    const path = url.slice(origin.length) || pathname
    const request = get(origin, { ...options, path }, (response) => {
      const pieces: Buffer[] = []
      response.on('data', (piece) => pieces.push(piece)).on('error', reject)
      response.on('end', () => resolve([response, new Uint8Array(Buffer.concat(pieces))]))
    })
    request.on('error', reject)
  })
}
