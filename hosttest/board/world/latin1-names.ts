import '../../xs/shim/buffer.js'
import { deepEqual } from '../../xs/shim/assert.js'
import { Board } from './board.js'
import { isWell, phoneAt } from './journey.js'

/** The last byte of some of them begins a character of UTF-8 that does not go on. */
const NAMES = ['Smørhullet', 'Kælder', 'Skovsø', 'Gæsteværelse på Ærø', 'Åæ', 'Å', 'Müller ð']

/** Networks with names in Latin-1 in range. Prints `well` where the portal tells these names, and nothing else. */
export async function latin1Names(): Promise<void> {
  const board = new Board({ flags: {} })
  const { air } = board.outside
  NAMES.forEach((name, i) => {
    air.add(name, 'simulated', { isLatin1: true, rssi: -90 - i })
  })
  board.hardware.powerOn()
  const phone = await phoneAt(board, 'KAM_1234567')
  // The answer is the last scan's; each begins another one.
  await phone.get('/wifi/wifiscan.cgi')
  await board.clock.run(10_000)
  const { body } = await phone.get('/wifi/wifiscan.cgi')
  const { result } = JSON.parse(body) as { result: { APs: { essid: string }[] } }
  deepEqual(
    result.APs.map(({ essid }) => essid),
    ['twin', 'Café & Bar', ...NAMES],
  )
  isWell(board)
  print('well')
}
