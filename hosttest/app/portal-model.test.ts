// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { decodeUtf8, encodeUtf8 } from '../../modules/codec/utf8.js'
import { testTwin } from '../../twin/virtual.js'

const MINUTE = 60_000
const HOST = '192.168.4.1'
const RIGHT = '000102030405060708090a0b0c0d0e0f'
const OTHER = 'ffffffffffffffffffffffffffffffff'
/** Somebody else's meter, whose key nobody here has. */
const STRANGER = '50000000'

/** A device that hears the water meter 12345678, and somebody with a browser at its portal. */
function setUp() {
  let connect: ((request: string) => Promise<string>) | undefined
  const device = testTwin(
    { BLE: '1', WATER_METERS: `12345678:${RIGHT}` },
    {
      strangers: 1,
      portal: {
        listener: {
          listen(_port, onConnection) {
            connect = async (request) => {
              let answer = ''
              const write = (bytes: Uint8Array) => {
                answer += decodeUtf8(bytes)
                return bytes.length
              }
              const events = onConnection({ address: '192.168.4.2', write, close() {} })
              events.onData(encodeUtf8(request))
              await device.clock.run(1)
              return answer
            }
            return { close() {} }
          },
        },
        port: 80,
        udp: undefined,
        host: HOST,
        clients: '192.168.4.',
      },
    },
  )
  const get = (path: string) => connect!(`GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`)
  const post = (path: string, body: string) =>
    connect!(
      `POST ${path} HTTP/1.1\r\nHost: ${HOST}\r\nOrigin: http://${HOST}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
  return { ...device, get, post }
}

describe('the portal of a device with water meters', () => {
  it('shows what was heard, and when', async () => {
    const { clock, online, get } = setUp()
    await online()
    await clock.run(2 * MINUTE)
    match(await get('/water'), /<h2>12345678<\/h2>\s*<p><strong>[0-9.]+ m3<\/strong>, [0-9]+ s/)
  })

  it('says of a key that it is wrong, and goes on with another', async () => {
    const { clock, online, get, post } = setUp()
    await online()
    const add = (key: string) => post('/water', `id=${STRANGER}&key=${key}`)
    match(await add(RIGHT), /^HTTP\/1.1 302 /)
    await get('/water')
    // BLE is not used while somebody looks at pages.
    await clock.run(3 * MINUTE)
    match(await get('/water'), new RegExp(`${STRANGER}.*wrong key`, 's'))
    await add(OTHER)
    ok(!(await get('/water')).includes('wrong key'))
    await clock.run(3 * MINUTE)
    ok((await get('/water')).includes('wrong key'))
  })

  it('leaves a meter of the image alone, and says so', async () => {
    const { online, get, post } = setUp()
    await online()
    const answer = await post('/water', `id=12345678&key=${OTHER}`)
    match(answer, /^HTTP\/1.1 400 /)
    ok(answer.includes('came with the firmware'))
    ok(!(await get('/water')).includes('name="remove" value="12345678"'))
  })

  it('takes as many meters as there is room for beside those of the image, and forgets one that is removed', async () => {
    const { online, get, post } = setUp()
    await online()
    const add = (id: string) => post('/water', `id=${id}&key=${RIGHT}`)
    let last = 20_000_000
    while (/^HTTP\/1.1 302 /.test(await add(String(last)))) last++
    const meters = async (): Promise<string[]> => (await get('/water')).match(/(?<=<h2>)[0-9]{8}/g) ?? []
    equal((await meters()).length, 8)
    equal(last - 20_000_000, 7)
    match(await post('/water', 'remove=20000000'), /^HTTP\/1.1 302 /)
    const left = await meters()
    deepEqual([left.length, left.includes('20000000')], [7, false])
    match(await add(String(last)), /^HTTP\/1.1 302 /)
    ok((await meters()).includes(String(last)))
  })
})
