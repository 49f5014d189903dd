import type { BlePort } from '../../../modules/ports/ble.js'
import type { CryptoPort } from '../../../modules/ports/crypto.js'
import { Board } from './board.js'
import { measure } from './figures.js'
import { nativeCrypto } from './native-crypto.js'
import { plainWorld } from './world.js'

/** So many commands are remembered at most. */
const REMEMBERED = 64

/** Where every message has to have a tag of its own: a sum of a few of its bytes. */
const summing: CryptoPort = {
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
const ble: BlePort = {
  scan() {},
  stopScan() {},
  connect: () => ({ subscribe() {}, close() {} }),
  restart() {},
}

const board = new Board(plainWorld, { crypto: summing, ble }, { BLE: '1' })
const { clock, world } = board

async function command(name: string, params: string): Promise<void> {
  board.command(name, params)
  await clock.run(1_000)
}

/** The rarest time there is: a Sunday that is the last of February in a leap year. */
const RARE = 'day_of_month=29&month=2&day_of_week=0'

/** As many as there can be, and as long. */
const HEADERS = Array.from({ length: 8 }, (_, i) => `0413${'8259'.repeat(7)}0${i}?`).join()
const METERS = Array.from({ length: 8 }, (_, i) => `1234567${i}:000102030405060708090a0b0c0d0e0${i}`)

async function run(): Promise<void> {
  board.powerOn()
  await clock.run(50_000)
  await measure('a command that writes settings', () => command('set_ap_mesh_pwd', 'abcdefgh'), clock)
  for (let i = 0; i < 16; i++)
    await command('set_cron', i === 7 ? `${RARE}&command=close` : `minute=${3 * i}&hour=4&command=close`)
  await measure(
    'the clear of all jobs, and a job',
    async () => {
      await command('clear_cron', '')
      await command('set_cron', 'minute=*&command=close')
    },
    clock,
  )
  await measure('a job every minute', () => clock.run(180_000), clock)
  for (let i = 0; i < 15; i++) await command('set_cron', `${RARE}&minute=${i}&command=open`)
  await measure('a job every minute, and 15 of the rarest', () => clock.run(180_000), clock)
  for (let i = 0; i < REMEMBERED; i++) await command('open_until', String(50_000 + i))
  world.arrived()
  await measure(`a command after ${REMEMBERED} others`, () => command('open_until', '60000'), clock)
  if (world.arrived() < 2) throw new Error('no reply')
  board.firmware.close()
  await measure(
    `power-on with 16 jobs and ${REMEMBERED} commands`,
    () => {
      board.powerOn()
      return clock.run(20_000)
    },
    clock,
  )
  board.firmware.settings.update({ waterMeters: METERS })
  await command('clear_cron', '')
  for (let i = 0; i < 16; i++) await command('set_cron', `${RARE}&minute=${i}&command=open`)
  board.firmware.close()
  board.powerOn()
  await clock.run(60_000)
  world.arrived()
  await measure(
    'a command that sets headers, with everything stored',
    () => command('set_radio_headers', HEADERS),
    clock,
  )
  if (world.arrived() < 1 || board.firmware.settings.values.radioHeaders !== HEADERS) throw new Error('no headers')
  board.firmware.close()
  await measure(
    'power-on with everything stored',
    () => {
      board.powerOn()
      return clock.run(20_000)
    },
    clock,
  )
  if (board.firmware.numbers().length !== METERS.length + 1) throw new Error('no meters')
}

void run()
