import '../../xs/shim/buffer.js'
import { fromHex } from '../../../modules/codec/hex.js'
import { decodeUtf8 } from '../../../modules/codec/utf8.js'
import { HEAD } from '../../../modules/update/manifest.js'
import { equal, match, ok } from '../../xs/shim/assert.js'
import { FileServer } from './file-server.js'
import { isWell, until } from './journey.js'
import { testTwin } from './test-twin.js'

const MINUTE = 60_000
const COMMAND = 'version=0.2.0&url=http://updates:8000/file'

/**
 * A board updates itself over connections that break and is told that it is good; then it is offered a file that somebody
 * has changed. In the end a new image reaches no broker, and the one before comes back. Prints `well`.
 * @param files the signed image, the changed one and another image, in hexadecimal
 */
export async function updated(files: readonly [good: string, changed: string, other: string]): Promise<void> {
  const [good, changed, other] = files.map((file) => fromHex(file)!) as [Uint8Array, Uint8Array, Uint8Array]
  const { clock, board, messages, ask, send, online } = testTwin()
  const { ota } = board.flash
  const told = () => messages('update').map(({ text }) => text)
  const has = (state: string) => told().some((text) => text.includes(`state=${state}`))
  await online()
  await clock.run(2 * MINUTE)
  equal(ota.running, 0)

  const server = new FileServer(board.outside.network, good)
  server.breakAt = 9
  send('update', COMMAND)
  await until(board, 'the restart', () => has('restarting'), 5 * MINUTE)
  equal((await ask('ping')).join(), 'ping', 'a command while the restart is near')
  await until(board, 'the new image on the broker', () => has('good'), 5 * MINUTE)
  equal(ota.running, 1)
  equal(board.hardware.boots, 2)
  await clock.run(2 * MINUTE)

  new FileServer(board.outside.network, withoutS(changed))
  send('update', COMMAND.replace('0.2.0', '0.3.0'))
  await until(board, 'the refusal of no signature', () => has('refused'), 5 * MINUTE)
  match(told().at(-1)!, /reason=bad signature/)
  equal(board.hardware.boots, 2)
  const refusals = () => told().filter((text) => text.includes('state=refused')).length

  new FileServer(board.outside.network, changed)
  send('update', COMMAND.replace('0.2.0', '0.3.0'))
  await until(board, 'the refusal', () => refusals() === 2, 5 * MINUTE)
  match(told().at(-1)!, /reason=wrong hash/)
  equal(board.hardware.boots, 2)
  await clock.run(2 * MINUTE)

  new FileServer(board.outside.network, other)
  send('update', COMMAND.replace('0.2.0', '0.4.0'))
  const restarts = () => told().filter((text) => text.includes('restarting')).length
  await until(board, 'the second restart', () => restarts() === 2, 5 * MINUTE)
  board.outside.broker.reachable = false
  await until(board, 'the new image', () => ota.running === 0, MINUTE)
  await until(board, 'the image before', () => ota.running === 1, 7 * MINUTE)
  board.outside.broker.reachable = true
  await until(board, 'the reason', () => has('rolled_back'), 5 * MINUTE)
  match(told().at(-1)!, /version=0.4.0&reason=the broker was not reached/)
  await clock.run(2 * MINUTE)
  ok(messages('sample').length > 8)
  isWell(board)
  print('well')
}

/** A board of whose image there is no room for two answers so, goes on, and runs the same one after a restart. Prints `well`. */
export async function notUpdated(): Promise<void> {
  const { clock, board, messages, ask, send, online } = testTwin()
  await online()
  equal((await ask('update', COMMAND)).join(), 'update state=refused&version=0.2.0&reason=no second slot')
  await clock.run(2 * MINUTE)
  send('restart')
  await clock.run(3 * MINUTE)
  equal(board.hardware.boots, 2)
  ok(messages('sample').length > 2)
  isWell(board)
  print('well')
}

/** The file with an s of 0, which the SDK's ECDSA must never see. */
function withoutS(file: Uint8Array): Uint8Array {
  const head = decodeUtf8(file, 0, HEAD)
  const end = head.indexOf('\n', head.indexOf('signature='))
  return file.slice().fill(0x30, end - 64, end)
}
