import '../../xs/shim/buffer.js'
import { Board } from './board.js'
import { isWell, setUp, until } from './journey.js'

/** A home network that has 65,536 addresses, the set-up network's among them. Prints `well`. */
export async function wideNetwork(): Promise<void> {
  const board = new Board({ flags: {} })
  const { air } = board.outside
  air.home.uplink = { address: '192.168.1.23', netmask: '255.255.0.0' }
  board.hardware.powerOn()
  await setUp(board, 'essid=twin&passwd=simulated&mqtthost=broker')
  await until(board, 'another address', () => air.accessPointOptions?.address === '10.0.7.1')
  isWell(board)
  print('well')
}
