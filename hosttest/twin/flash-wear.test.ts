// node only
import { ok } from 'node:assert/strict'
import { commandTopic } from '../../modules/delivery/topics.js'
import { repeat } from '../../twin/faults.js'
import { SimulatedFlash } from '../../twin/flash.js'
import { seededRandom } from '../../twin/random.js'
import { testTwin } from '../../twin/virtual.js'
import { NvsStorage } from '../support/nvs-storage.js'
import { dealt } from '../support/parts.js'

const DAY = 86_400_000
const MINUTE = 60_000
/** Erases that a sector of the part stands. */
const LIMIT = 100_000
/** As many years as somebody hostile needs at least, day after day. */
const LEAST_YEARS = 9

/** Plays a day and says what was written. */
async function play(name: string, begin: (world: ReturnType<typeof device>) => void): Promise<void> {
  const world = device()
  const { storage, flash, clock, twin } = world
  await world.online()
  begin(world)
  const [writes, erases] = [storage.writes(''), flash.erases.slice()]
  await clock.run(DAY)
  twin.close()
  const nvs = storage.erases[0]!
  const journal = Math.max(...flash.erases.map((count, i) => count - erases[i]!))
  const years = LIMIT / 365 / Math.max(nvs, journal, 0.01)
  console.log(
    `      ${name}: ${storage.writes('') - writes} writes, worst page ${nvs}, worst sector ${journal} erases a day`,
  )
  ok(years >= LEAST_YEARS, `${name}: ${years.toFixed(1)} years`)
}

function device() {
  const storage = new NvsStorage()
  const flash = new SimulatedFlash({ sectors: 192, random: seededRandom(1) })
  const frames: Uint8Array[] = []
  const twin = testTwin(
    { BLE: '1', WATER_METERS: '12345678:000102030405060708090a0b0c0d0e0f' },
    { storage, flash, onSent: (_, { frame }) => frames.push(frame) },
  )
  // Most of what settings can hold, so that each write is a long one.
  twin.twin.firmware.settings.update({
    fallbackSsid: 'f'.repeat(32),
    fallbackPassword: 'p'.repeat(63),
    cron: Array.from({ length: 16 }, (_, i) => `minute=${i}&hour=3&day=*&month=*&weekday=*&command=close`),
  })
  return { ...twin, storage, flash, frames }
}

const DAYS: readonly (readonly [title: string, name: string, begin: (world: ReturnType<typeof device>) => void])[] = [
  ['when nobody is hostile', 'quiet', () => {}],
  [
    'with a broker that forgets and throws the device off every 2 s',
    'broker',
    ({ broker, clock }) => {
      // Where PUBREL has gone out and the broker forgets, the journal writes the sample once more.
      broker.deliver = () => broker.forget()
      repeat(
        clock,
        () => 2_000,
        () => broker.cut(),
      )
    },
  ],
  [
    'with a broker that plays every command of the day again, all the time',
    'replays',
    ({ broker, clock, envelope, twin }) => {
      const heard: { topic: string; payload: Uint8Array }[] = []
      for (let i = 0; i < 100; i++) {
        const topic = commandTopic(twin.serial, 1_800_000_000 + 5 * i, i % 2 === 0 ? 'open' : 'close')
        heard.push({ topic, payload: envelope.seal(topic, '1') })
      }
      let next = 0
      repeat(
        clock,
        () => 500,
        () => {
          const { topic, payload } = heard[next++ % heard.length]!
          broker.publish(topic, payload)
        },
      )
    },
  ],
  [
    'with a meter that has another number and another total every three readings',
    'meter',
    ({ twin, send }) => {
      send('open_until', '60000')
      let reading = 0
      twin.multical!.tamper = {
        serial: (own) => own + (Math.floor(reading++ / 3) % 2),
        registers(display) {
          const total = Math.floor(reading / 3) % 2 === 0 ? 56_000 : 57_000
          display.set(60, { unit: 2, siEx: 0, value: total + Math.floor(reading / 100) })
        },
      }
    },
  ],
  [
    'with neighbours who send our telegrams again, and strangers',
    'radio',
    ({ twin, frames, clock }) => {
      const random = seededRandom(2)
      repeat(
        clock,
        () => 1_000,
        () => {
          const frame = frames[Math.floor(random() * frames.length)]
          if (frame !== undefined) twin.concentrator!.receiver.hear(frame, -50)
          twin.concentrator!.receiver.hear(
            Uint8Array.from({ length: 40 }, () => random() * 256),
            -50,
          )
        },
      )
    },
  ],
  [
    'with a home network that comes and goes, and no broker behind it',
    'network',
    ({ twin, clock, broker }) => {
      let isThere = true
      broker.reachable = false
      repeat(
        clock,
        () => 20_000,
        () => {
          isThere = !isThere
          twin.wifi.setInRange(twin.wifi.home, isThere)
        },
      )
    },
  ],
  [
    'with a server that repeats open and close every 10 s, and jobs and networks between',
    'server',
    ({ send, clock }) => {
      let turn = 0
      repeat(
        clock,
        () => 5_000,
        () => {
          turn++
          if (turn % 4 === 0) send('open')
          else if (turn % 4 === 1) send('close')
          else if (turn % 4 === 2) send('set_cron', `minute=${turn % 60}&hour=1&day=*&month=*&weekday=*&command=open`)
          else send('clear_cron')
        },
      )
    },
  ],
  [
    'with a server that repeats restart every minute',
    'restart',
    ({ send, clock }) => {
      repeat(
        clock,
        () => MINUTE,
        () => send('restart'),
      )
    },
  ],
]

const { items, name: part } = dealt(DAYS, 8)

describe(`what wears the flash in a day, ${part},`, function () {
  this.timeout(600_000)

  for (const [title, name, begin] of items) it(title, () => play(name, begin))
})
