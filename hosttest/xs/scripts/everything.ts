import type { BlePort } from '../../../modules/ports/ble.js'
import type { CryptoPort } from '../../../modules/ports/crypto.js'
import type { Board } from './board.js'
import { nativeCrypto } from './native-crypto.js'

/** So many commands are remembered at most. */
export const REMEMBERED = 64

/** Where every message has to have a tag of its own: a sum of a few of its bytes. */
export const summing: CryptoPort = {
  ...nativeCrypto,
  sha256(...parts) {
    let sum = 7
    for (const part of parts) {
      const { length } = part
      for (let i = Math.max(0, length - 24); i < length; i++) sum = (sum * 31 + part[i]!) | 0
      sum ^= part[0]!
    }
    const digest = new Uint8Array(32)
    new DataView(digest.buffer).setInt32(0, sum)
    return digest.fill(sum & 0xff, 4)
  },
}

/** No concentrator is in range. */
export const ble: BlePort = {
  scan() {},
  stopScan() {},
  connect: () => ({ subscribe() {}, close() {} }),
  restart() {},
}

/** The rarest time there is: a Sunday that is the last of February in a leap year. */
export const RARE = 'day_of_month=29&month=2&day_of_week=0'

/** As many as there can be, and as long. */
export const HEADERS = Array.from({ length: 8 }, (_, i) => `0413${'8259'.repeat(7)}0${i}?`).join()
export const METERS = Array.from({ length: 8 }, (_, i) => `1234567${i}:000102030405060708090a0b0c0d0e0${i}`)

/** Somebody sends a command, which has its second. */
export async function command(board: Board, name: string, params: string): Promise<void> {
  board.command(name, params)
  await board.clock.run(1_000)
}

/** As many jobs as there can be, the rarest, and as many commands as are remembered. */
export async function storeJobs(board: Board): Promise<void> {
  await command(board, 'clear_cron', '')
  for (let i = 0; i < 16; i++) await command(board, 'set_cron', `${RARE}&minute=${i}&command=open`)
}
