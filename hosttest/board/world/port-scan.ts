import '../../xs/shim/buffer.js'
import { encodeUtf8 } from '../../../modules/codec/utf8.js'
import { equal, ok } from '../../xs/shim/assert.js'
import { Board } from './board.js'
import { hasShortTurns, KEY, phoneAt } from './journey.js'

/** Longer than the board takes to hear of a connection. */
const LONGEST = 600

/**
 * Somebody connects to the set-up pages and is gone again, at every moment from the first packet to the last of a page, as
 * a port scan or a phone that loses its network. A guest is served afterwards. Prints `well`.
 */
export async function portScan(): Promise<void> {
  const board = new Board({})
  const { clock, hardware, outside } = board
  hardware.powerOn()
  const guest = await phoneAt(board, 'KAM_1234567')
  const stranger = outside.phone(KEY.slice(0, 16))!
  for (let ms = 0; ms <= LONGEST; ms += 5) {
    const connection = stranger.connect()
    if (ms % 2 === 0) connection.end.write(encodeUtf8('GET /wifi/wifi_setup.tpl HTTP/1.1\r\nHost: 192.168.4.1\r\n\r\n'))
    await clock.run(ms)
    if (ms % 4 < 2) connection.end.abort()
    else connection.end.close()
    await clock.run(700)
  }
  // lwIP's task hears of the reset while the firmware deals with the connection.
  for (const moment of ['tcp.canTake', 'tcp.deliver', 'tcp.write']) {
    const connection = stranger.connect()
    connection.end.write(encodeUtf8('GET /wifi/wifi_setup.tpl HTTP/1.1\r\nHost: 192.168.4.1\r\n\r\n'))
    hardware.onOperation = (name) => {
      if (name !== moment) return
      hardware.onOperation = undefined
      outside.netifs.onAddressLost('192.168.4.1')
    }
    await clock.run(1_000)
    hardware.onOperation = undefined
  }
  equal(hardware.aborts.join('; '), '')
  // What the SDK does with a connection that is reset or closed before it is read, or between its end and its close, cannot be
  // mended from here (docs/sdk-limits.md).
  const ours = hardware.faults.filter((fault) => !fault.startsWith('use after free: '))
  equal(ours.join('; '), '')
  const page = await guest.get('/wifi/wifi_setup.tpl')
  ok(page.status === 200 && page.body.includes('</html>'), 'a guest is served afterwards')
  hasShortTurns(board)
  print('well')
}
