import { Journal } from '../../../modules/delivery/journal/journal.js'
import { WallClock } from '../../../modules/time/wall-clock.js'
import { Board } from './board.js'
import { measure } from './figures.js'
import { nativeFlash } from './native-flash.js'
import { plainWorld } from './world.js'

const SAMPLE =
  'heap=21376&t1=24.21 C&t2=22.95 C&tdif=1.26 K&flow1=0 l/h&effect1=0.0 kW&hr=73327 h&v1=1321.27 m3&e1=56.726 MWh&'
/** More than the partition holds. */
const SAMPLES = 8_000
const LAST_YEAR = 1_770_000_000

const flash = nativeFlash(192)
const board = new Board(plainWorld, { flash })
const { clock, world } = board

async function fill(): Promise<void> {
  const wallClock = new WallClock(clock)
  wallClock.set(LAST_YEAR * 1000)
  const journal = new Journal({
    flash,
    clock,
    wallClock,
    onReady() {},
    onRefused() {},
  })
  for (let i = 0; i < SAMPLES; i++) {
    clock.set(() => journal.append({ prefix: '/sample/v2/6892850/', at: i * 60_000, text: SAMPLE }), 0)
    await clock.run(0)
  }
}

async function run(): Promise<void> {
  await fill()
  await measure('loaded', () => {})
  await measure(
    'from power-on to the first minute',
    () => {
      board.powerOn()
      return clock.run(50_000)
    },
    clock,
  )
  world.reachable = false
  world.cut()
  await measure('an hour without broker', () => clock.run(3_600_000), clock)
  world.arrived()
  world.reachable = true
  await measure('ten minutes of delivery', () => clock.run(600_000), clock)
  const arrived = world.arrived()
  if (arrived < 550) throw new Error(`${arrived} messages`)
}

void run()
