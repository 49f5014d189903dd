import { Journal } from '../../../modules/delivery/journal/journal.js'
import { WallClock } from '../../../modules/time/wall-clock.js'
import { measure } from './figures.js'
import { nativeFlash } from './native-flash.js'
import { TurnClock } from './turns.js'

const SAMPLE =
  'heap=21376&t1=24.21 C&t2=22.95 C&tdif=1.26 K&flow1=0 l/h&effect1=0.0 kW&hr=73327 h&v1=1321.27 m3&e1=56.726 MWh&'
const UNIX = 1_800_000_000
/** What fills the partition, and then some. */
const SAMPLES = 8_000
/** Of these at least one needs the oldest sector. */
const A_SECTOR_FULL = 30

const clock = new TurnClock()
const flash = nativeFlash(192)
let at = 0
const options = {
  flash,
  clock,
  onReady() {},
  onRefused() {
    throw new Error('refused')
  },
}
let journal!: Journal

/** Does it in a turn of its own, and then what follows from it. */
function act(work: () => void): Promise<void> {
  clock.set(work, 0)
  return clock.run(1)
}

function append(): void {
  at += 60_000
  journal.append({ prefix: '/sample/v2/1234567/', at, text: SAMPLE })
}

async function run(): Promise<void> {
  const open = () => {
    const wallClock = new WallClock(clock)
    wallClock.set(UNIX * 1000 + clock.now())
    journal = new Journal({ ...options, wallClock })
  }
  await measure('opened when empty', () => act(open), clock)
  for (let i = 0; i < SAMPLES; i++) await act(append)
  await measure('opened when full', () => act(open), clock)
  await measure('first entry of a full one', () => act(() => void journal.next(true)), clock)
  await measure('a sample', () => act(append), clock)
  await measure(
    'samples that reclaim a sector',
    async () => {
      for (let i = 0; i < A_SECTOR_FULL; i++) await act(append)
    },
    clock,
  )
  const deliver = () => {
    if (journal.next(true) === undefined) throw new Error('nothing to deliver')
    journal.sent()
    journal.received()
    journal.delivered()
  }
  await measure('a delivery', () => act(deliver), clock)
}

void run()
