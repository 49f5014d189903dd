import { decodeUtf8, encodeUtf8 } from '../../modules/codec/utf8.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { testTwin } from '../../twin/virtual.js'

const HOST = '192.168.4.1'
/** The key of the meter that the device hears. */
const RIGHT = '000102030405060708090a0b0c0d0e0f'

/** A device that hears the water meter 12345678 unless built otherwise, and somebody with a browser at its portal. */
export function setUpTwin(
  flags: Record<string, string> = { BLE: '1', WATER_METERS: `12345678:${RIGHT}` },
  storage = new MemoryStorage(),
) {
  let connect: ((request: string) => Promise<string>) | undefined
  const device = testTwin(flags, {
    storage,
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
  })
  const get = (path: string) => connect!(`GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`)
  const post = (path: string, body: string) =>
    connect!(
      `POST ${path} HTTP/1.1\r\nHost: ${HOST}\r\nOrigin: http://${HOST}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
  return { ...device, get, post }
}
