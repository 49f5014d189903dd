import '../../xs/shim/buffer.js'
import { equal, ok } from '../../xs/shim/assert.js'
import { Board, type Memory } from './board.js'
import { isWell, KEY, lastSample, phoneAt, sampled, until } from './journey.js'

const MINUTE = 60_000
const SETUP = '/wifi/wifi_setup.tpl'
const SAID = /^no key yet: set it up in the Wi-Fi network (\S+), password ([0-9a-f]{16})$/

/** The domain of the firmware's settings in NVS. */
const DOMAIN = 'meterlogger'

/** The password that the board has said on its console since it was made, of its set-up network. */
function saidPassword({ hardware }: Board): string {
  const said = hardware.traced.map((line) => SAID.exec(line)?.[2]).filter((password) => password !== undefined)
  return said.at(-1) ?? ''
}

/**
 * A board whose image has no key gets one by telephone and publishes. It goes on with it after a power cut, and after its
 * settings were cleared. Prints `well`.
 */
export async function keyless(form: string, flags: Readonly<Record<string, string>>): Promise<void> {
  const board = new Board({ flags })
  const { clock, hardware, outside, nvs } = board
  hardware.powerOn()
  await until(board, 'the password on the console', () => saidPassword(board) !== '')
  await clock.run(10 * MINUTE)
  equal(outside.broker.logins.length, 0, 'calls of the broker without a key')
  const phone = await phoneAt(board, 'KAM_1234567', saidPassword(board))
  const page = await phone.get(SETUP)
  ok(page.body.includes('This device has no key yet') && page.body.includes('name="key"'), page.body)
  equal((await phone.post('/wifi/setup.cgi', form)).status, 400, 'the form without a key')
  equal((await phone.post('/wifi/setup.cgi', `${form}&key=${'0'.repeat(32)}`)).status, 400, 'a key of zeros')
  equal((await phone.post('/wifi/setup.cgi', `${form}&key=${KEY}`)).status, 302)
  await until(board, 'a sample at the broker', () => sampled(board) > 0, 2 * MINUTE)
  ok(lastSample(board).includes('e1='), 'the sample opens with the key')
  const again = await phone.get(SETUP)
  ok(!again.body.includes('name="key"') && !again.body.toLowerCase().includes(KEY), again.body)
  ok(!hardware.traced.join('\n').toLowerCase().includes(KEY), 'no key in the log')

  const restart = async (before: () => void) => {
    hardware.powerOff()
    before()
    await clock.run(MINUTE)
    hardware.powerOn()
  }
  const before = sampled(board)
  await restart(() => {})
  await until(board, 'a sample with the stored key', () => sampled(board) > before, 2 * MINUTE)

  await restart(() => {
    for (const slot of ['settings.a', 'settings.b']) nvs.operations['nvs.erase'](DOMAIN, slot)
  })
  const calls = outside.broker.logins.length
  const guest = await phoneAt(board, 'KAM_1234567')
  const cleared = await guest.get(SETUP)
  ok(cleared.body.includes('No network is set up yet') && !cleared.body.includes('name="key"'), cleared.body)
  equal(outside.broker.logins.length, calls)
  const sent = sampled(board)
  equal((await guest.post('/wifi/setup.cgi', form)).status, 302)
  await until(board, 'a sample after the settings were cleared', () => sampled(board) > sent, 2 * MINUTE)
  equal(nvs.sets.get('provision.b') ?? 0, 1, 'writes of the key')
  equal(nvs.sets.get('provision.a') ?? 0, 0, 'writes of the key')
  isWell(board)
  print('well')
}

/** A board whose image brings its key gets an image without one, and goes on with the same. Prints `well`. */
export async function commonImage(flags: Readonly<Record<string, string>>, own: Readonly<Record<string, string>>) {
  const memory: Memory = {}
  const settings = { ssid: 'twin', password: 'simulated', mqttHost: 'broker', mqttPort: 1883 }
  const first = new Board({ flags: { ...flags, ...own }, settings, memory })
  first.hardware.powerOn()
  await until(first, 'a sample', () => sampled(first) > 0, 2 * MINUTE)
  isWell(first)
  first.hardware.powerOff()

  const board = new Board({ flags, memory })
  board.hardware.powerOn()
  await until(board, 'a sample of the common image', () => sampled(board) > 0, 2 * MINUTE)
  ok(lastSample(board).includes('e1='), 'the sample opens with the key')
  equal(saidPassword(board), '')
  const phone = await phoneAt(board, 'KAM_1234567')
  ok(!(await phone.get(SETUP)).body.includes('name="key"'))
  isWell(board)
  print('well')
}
