import '../../xs/shim/buffer.js'
import { equal, ok } from '../../xs/shim/assert.js'
import { Board } from './board.js'
import { isWell, KEY, lastSample, phoneAt, sampled, until } from './journey.js'

const MINUTE = 60_000
const NAME = 'KAM_1234567'
const SETUP = '/wifi/wifi_setup.tpl'

/**
 * A board that got its key by telephone is reset to factory settings: it starts again, has forgotten its network, keeps its
 * key, and is set up anew. Prints `well`.
 */
export async function factoryReset(form: string, flags: Readonly<Record<string, string>>): Promise<void> {
  const board = new Board({ flags })
  const { clock, hardware, outside } = board
  hardware.powerOn()
  await until(board, 'the set-up network', () => outside.air.accessPoint !== undefined)
  const password = /password ([0-9a-f]{16})$/.exec(hardware.traced.find((line) => line.startsWith('no key yet')) ?? '')
  const phone = await phoneAt(board, NAME, password?.[1])
  equal((await phone.post('/wifi/setup.cgi', `${form}&key=${KEY}`)).status, 302)
  await until(board, 'a sample at the broker', () => sampled(board) > 0, 2 * MINUTE)

  const diagnosis = await phone.get('/diagnosis')
  equal(diagnosis.status, 200)
  ok(!diagnosis.body.toLowerCase().includes(KEY) && !diagnosis.body.includes('simulated'), diagnosis.body)
  const question = await phone.get('/device?reset=1')
  ok(question.body.includes('name="reset"'), question.body)
  equal(hardware.boots, 1, 'a question alone restarts nothing')
  equal((await phone.post('/device', 'reset=1')).status, 302)
  ok((await phone.get('/device')).body.includes('role="status"'), 'the page says that the device restarts')
  await until(board, 'the restart', () => hardware.boots === 2, MINUTE)
  const calls = outside.broker.logins.length
  const before = sampled(board)

  const guest = await phoneAt(board, NAME)
  const page = await guest.get(SETUP)
  ok(page.body.includes('No network is set up yet') && !page.body.includes('name="key"'), page.body)
  await clock.run(MINUTE)
  equal(outside.broker.logins.length, calls, 'calls of the broker without a network')
  equal((await guest.post('/wifi/setup.cgi', form)).status, 302)
  await until(board, 'a sample after the reset', () => sampled(board) > before, 2 * MINUTE)
  ok(lastSample(board).includes('e1='), 'the sample opens with the key')
  isWell(board)
  print('well')
}
