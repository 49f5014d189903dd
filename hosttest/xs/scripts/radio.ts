import '../shim/buffer.js'
import type { BleConnectOptions, BlePort } from '../../../modules/ports/ble.js'
import type { Clock } from '../../../modules/ports/clock.js'
import { VirtualClock } from '../../../twin/clock.js'
import { nodeCrypto } from '../../../twin/crypto.js'
import { RadioField } from '../../../twin/radio-field.js'
import { seededRandom } from '../../../twin/random.js'
import { Vw1871Receiver } from '../../../twin/vw1871.js'
import { Board } from './board.js'
import { measure } from './figures.js'
import { nativeCrypto } from './native-crypto.js'
import { plainWorld } from './world.js'

const ID = '12345678'
const KEY = '000102030405060708090a0b0c0d0e0f'
const STRANGERS = 30
const MINUTES = 6
/** Bytes of a notification. */
const NOTIFICATION = 244
const NAME = 'VW1871-000001'

/** What a concentrator sends of the meters of a house, each notification with its time. */
async function record(): Promise<readonly { readonly at: number; readonly bytes: Uint8Array }[]> {
  const clock: Clock & VirtualClock = new VirtualClock(async () => {})
  const receiver = new Vw1871Receiver(clock)
  const notifications: { at: number; bytes: Uint8Array }[] = []
  const { own } = new RadioField({
    clock,
    random: seededRandom(1),
    own: [{ id: ID, key: Uint8Array.from({ length: 16 }, (_, i) => i) }],
    strangers: STRANGERS,
    hear: (frame, rssi) => receiver.hear(frame, rssi),
  })
  if (own.length !== 1) throw new Error('no meter')
  // What is heard before somebody listens comes in a row.
  await clock.run(60_000)
  receiver.listen((item) => {
    for (let at = 0; at < item.length; at += NOTIFICATION)
      notifications.push({ at: clock.now(), bytes: item.slice(at, at + NOTIFICATION) })
  })
  await clock.run(MINUTES * 60_000)
  return notifications
}

async function run(): Promise<void> {
  const notifications = await record()
  let options: BleConnectOptions | undefined
  const ble: BlePort = {
    scan: (onFound) => void board.clock.set(() => onFound({ name: NAME, address: 'a', rssi: -60 }), 100),
    stopScan() {},
    connect(asked) {
      options = asked
      board.clock.set(() => asked.onReady(), 300)
      return { subscribe: (_service, _path, onDone) => onDone(undefined), close() {} }
    },
    restart() {},
  }
  const board: Board = new Board(
    plainWorld,
    {
      ble,
      // AES is native on the device: what it takes here is not counted.
      crypto: {
        ...nativeCrypto,
        aesCbcEncrypt: (...parts) => board.clock.excuse(() => nodeCrypto.aesCbcEncrypt(...parts)),
      },
    },
    { FLOWIQ: '1', WATER_METERS: `${ID}:${KEY}` },
  )
  const { clock, world } = board
  board.powerOn()
  await clock.run(20_000)
  world.arrived()
  const start = clock.now()
  for (const { at, bytes } of notifications)
    clock.set(() => options!.onNotification(bytes), at - notifications[0]!.at + 1_000)
  await measure('the backlog and a minute of 31 meters', () => clock.run(61_000), clock)
  await measure('a minute of 31 meters', () => clock.run(60_000), clock)
  await clock.run(start + MINUTES * 60_000 - clock.now())
  const arrived = world.arrived()
  if (arrived < MINUTES - 2) throw new Error(`${arrived} samples`)
}

void run()
