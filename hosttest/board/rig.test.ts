// node only
import { deepEqual, equal } from 'node:assert/strict'
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

  it('holds a character beyond U+FFFF as one unit of four bytes, as the device does, wherever it comes from', async () => {
    const { trace } = await runBoard({
      replaced: {
        main: `import 'board/strings'
const BYTES = [0xf0, 0x9f, 0x94, 0xa5]
export default function main() {
  const read = String.fromArrayBuffer(Uint8Array.from(BYTES).buffer)
  trace([read, String.fromCharCode(0xd83d, 0xdd25), '\u{1f525}'].map((text) => text.length + ' ' + (text === read)).join() + '\\n')
  trace(new Uint8Array(ArrayBuffer.fromString(read + '\\0')).join() + '\\n')
  trace(String.fromArrayBuffer(Uint8Array.of(97, 0, 98).buffer).length + ' ' + BigInt.fromArrayBuffer(Uint8Array.of(1, 2).buffer) + '\\n')
}`,
      },
      world: WORLD,
    })
    deepEqual(trace.split('\n').slice(0, 3), ['1 true,1 true,1 true', '240,159,148,165,0', '3 258'])
  })
})
