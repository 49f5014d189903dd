// node only
import { equal } from 'node:assert/strict'
import { needsMachine } from '../xs/needs-machine.js'
import { runBoard } from './run.js'

const WORLD = `
import { VirtualClock } from '../../twin/clock.js'
import { Hardware } from './world/hardware.js'
import { Timers } from './world/timers.js'
const clock = new VirtualClock(async () => { await undefined })
const hardware = new Hardware(clock)
hardware.add(new Timers(hardware))
void (async () => {
  hardware.powerOn()
  await clock.run(3_500)
  print(JSON.stringify({ boots: hardware.boots, aborts: hardware.aborts }))
})()
`

describe('the board rig', function () {
  needsMachine(this)

  it('fires timers on the virtual clock and starts again after an abort', async () => {
    const { lines, trace } = await runBoard({
      replaced: {
        main: `import Timer from 'timer'
const LIST = Object.freeze([1])
export default function main() {
  const twice = Timer.repeat(() => trace('tick\\n'), 1000)
  Timer.set(() => Timer.clear(twice), 2500)
  Timer.set(() => JSON.stringify(LIST), 3000)
}`,
      },
      world: WORLD,
    })
    equal(trace.match(/tick/g)?.length, 2)
    const { boots, aborts } = JSON.parse(lines.at(-1)!)
    equal(boots, 2)
    equal(aborts[0]?.split('\n')[0], 'timer: unhandled exception: TypeError: read only value')
  })
})
