import { fromHex } from '../../../modules/codec/hex.js'
import { Envelope } from '../../../modules/mqttcrypto/envelope.js'
import { nodeCrypto } from '../../../twin/crypto.js'
import { LONGEST_TURN } from '../../xs/goals.js'
import { equal, ok } from '../../xs/shim/assert.js'
import type { Board } from './board.js'
import type { HttpAnswer } from './visitor.js'

/** The key of the tests, of which the first half is the password of the set-up network. */
export const KEY = 'b1c0a5e2f47d3968805e1f6a9c2b7d43'

/** Waits until something is so, for at most this long. */
export async function until(board: Board, what: string, is: () => boolean, ms = 60_000): Promise<void> {
  await board.clock.run(ms, is)
  ok(is(), `${what}: not within ${ms / 1000} s; ${faultsOf(board)}`)
}

/** A person with a phone at the board's own network. */
export async function phoneAt(board: Board, name: string, password = KEY.slice(0, 16)) {
  const { air } = board.outside
  await until(board, `the set-up network ${name}`, () => air.accessPoint?.ssid === name)
  const phone = board.outside.phone(password)
  ok(phone !== undefined, 'the phone is in')
  // A person takes longer than the pages need to be there.
  await board.clock.run(3_000)
  const answerTo = async (answer: () => HttpAnswer | undefined): Promise<HttpAnswer> => {
    await until(board, 'an answer of the portal', () => answer() !== undefined, 20_000)
    return answer()!
  }
  return {
    get: (path: string) => answerTo(phone.get(path, '192.168.4.1')),
    post: (path: string, form: string) =>
      answerTo(
        phone.request(
          `POST ${path} HTTP/1.1\r\nHost: 192.168.4.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${form.length}\r\nConnection: close\r\n\r\n${form}`,
        ),
      ),
    lookUp: (name: string) => phone.lookUp(name),
  }
}

/** A factory-new board gets its settings, as a person sets it up. */
export async function setUp(board: Board, form: string, name = 'KAM_1234567'): Promise<void> {
  const phone = await phoneAt(board, name)
  equal((await phone.get('/')).status, 302)
  equal((await phone.get('/wifi/wifi_setup.tpl')).status, 200)
  const answer = await phone.post('/wifi/setup.cgi', form)
  ok(answer.status === 302 || answer.status === 200, `the form: ${answer.status}`)
}

export function sampled({ outside }: Board): number {
  return outside.broker.messages.filter(({ topic }) => topic.startsWith('/sample/')).length
}

/** The text of the newest sample. */
export function lastSample({ outside }: Board): string {
  const { topic, payload } = outside.broker.messages.filter(({ topic }) => topic.startsWith('/sample/')).at(-1)!
  const text = new Envelope(nodeCrypto, fromHex(KEY)!).open(topic, payload, Number.POSITIVE_INFINITY)
  return text.ok ? text.value : ''
}

/** What has gone wrong on the board, in one line. */
export function faultsOf({ hardware, flash, pins }: Board): string {
  const { aborts, faults } = hardware
  const floating = pins.heardWithoutPull.map(
    (pin) => `floating input: the board counts at pin ${pin} without a pull-up`,
  )
  return [
    `boots ${hardware.boots}`,
    ...aborts.slice(0, 2),
    ...faults.slice(0, 2),
    ...floating,
    `overwrites ${flash.overwrites}`,
  ].join('; ')
}

/** Nothing has gone wrong on the board. */
export function isWell(board: Board): void {
  const { aborts, faults } = board.hardware
  equal([...aborts, ...faults].join('; '), '')
  equal(board.flash.overwrites, 0, 'bits that flash cannot set')
  hasShortTurns(board)
}

/** No callback took longer than one may; `main` is the start, which evaluates that module too. */
export function hasShortTurns({ hardware }: Board): void {
  const { name, units } = hardware.longestTurn
  ok(units <= LONGEST_TURN, `a callback of ${name} took ${units} meter units, of ${LONGEST_TURN} at most`)
}
