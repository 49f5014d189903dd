import { Board } from './board.js'
import { ble, command, HEADERS, METERS, RARE, REMEMBERED, storeJobs, summing } from './everything.js'
import { measure } from './figures.js'
import { plainWorld } from './world.js'

const board = new Board(plainWorld, { crypto: summing, ble }, { BLE: '1' })
const { clock, world } = board

async function run(): Promise<void> {
  board.powerOn()
  await clock.run(50_000)
  await measure('a command that writes settings', () => command(board, 'set_ap_mesh_pwd', 'abcdefgh'), clock)
  for (let i = 0; i < 16; i++)
    await command(board, 'set_cron', i === 7 ? `${RARE}&command=close` : `minute=${3 * i}&hour=4&command=close`)
  await measure(
    'the clear of all jobs, and a job',
    async () => {
      await command(board, 'clear_cron', '')
      await command(board, 'set_cron', 'minute=*&command=close')
    },
    clock,
  )
  await measure('a job every minute', () => clock.run(180_000), clock)
  for (let i = 0; i < 15; i++) await command(board, 'set_cron', `${RARE}&minute=${i}&command=open`)
  await measure('a job every minute, and 15 of the rarest', () => clock.run(180_000), clock)
  for (let i = 0; i < REMEMBERED; i++) await command(board, 'open_until', String(50_000 + i))
  world.arrived()
  await measure(`a command after ${REMEMBERED} others`, () => command(board, 'open_until', '60000'), clock)
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
  await storeJobs(board)
  board.firmware.close()
  board.powerOn()
  await clock.run(60_000)
  world.arrived()
  await measure(
    'a command that sets headers, with everything stored',
    () => command(board, 'set_radio_headers', HEADERS),
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
