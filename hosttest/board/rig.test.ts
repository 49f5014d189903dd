// node only
import { deepEqual, equal } from 'node:assert/strict'
import { needsMachine } from '../xs/needs-machine.js'
import { runBoard } from './run.js'

const PARTS = `
import { VirtualClock } from '../../twin/clock.js'
import { Hardware } from './world/hardware.js'
import { Timers } from './world/timers.js'
const clock = new VirtualClock(async () => { await undefined })
const hardware = new Hardware(clock)
hardware.add(new Timers(hardware))
`

/** What a `main` says in a world in which this happens, line by line, and then what the world prints. */
async function said(main: string, script: string): Promise<string[]> {
  const { lines, trace } = await runBoard({
    replaced: {
      main: `import Timer from 'timer'
const say = (text) => trace(text + '\\n')
export default function main() {
${main}
}`,
    },
    world: `${PARTS}void (async () => {\n${script}\n})()`,
  })
  return [...trace.split('\n').slice(0, -1), ...lines]
}

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
      world: `${PARTS}void (async () => {
  hardware.powerOn()
  await clock.run(3_500)
  print(JSON.stringify({ boots: hardware.boots, aborts: hardware.aborts }))
})()`,
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
      world: `${PARTS}void (async () => {
  hardware.powerOn()
  await clock.run(100)
})()`,
    })
    deepEqual(trace.split('\n').slice(0, 3), ['1 true,1 true,1 true', '240,159,148,165,0', '3 258'])
  })

  it('fires timers that are due together in the order in which they were made, and those that they make later', async () => {
    const lines = await said(
      `
  let moved = Timer.repeat(() => { say('moved'); Timer.clear(moved) }, 1000)
  Timer.set(() => { say('A'); Timer.set(() => say('next')) }, 20)
  Timer.set(() => say('B'), 10)
  Timer.schedule(moved, 25, 25)`,
      `
  hardware.powerOn()
  hardware.block(30)
  await clock.run(100)`,
    )
    deepEqual(lines, ['moved', 'A', 'B', 'next'])
  })

  it('moves a timer that is due as the SDK does: it fires nevertheless, and none that fires once goes on', async () => {
    const lines = await said(
      `
  const once = Timer.set(() => { Timer.schedule(late, 1000); say('once'); Timer.schedule(once, 10) }, 10)
  const late = Timer.set(() => say('late'), 20)
  const stopped = Timer.repeat(() => { say('stopped'); Timer.schedule(stopped) }, 15)
  Timer.set(() => { say('again'); Timer.schedule(stopped, 5, 0) }, 50)`,
      `
  hardware.powerOn()
  hardware.block(30)
  await clock.run(5_000)`,
    )
    deepEqual(lines, ['once', 'late', 'stopped', 'again', 'stopped'])
  })

  it('takes the messages that wait before the timers, and no more than one of them where a timer is due', async () => {
    const messages = `
  hardware.add({ operations: { hear: (handle) => { ear = handle } } })
  let ear = 0
  hardware.powerOn()
  await clock.run(10)
  for (const name of ['one', 'two', 'three']) hardware.post('test', ear, name)
  await clock.run(100)`
    const each = "world('hear', hold((name) => { say(name); Timer.set(() => say(name + ' later')) }))"
    // The first one wakes it.
    const rest = ['one later', 'two', 'three', 'two later', 'three later']
    deepEqual(await said(each, messages), ['one', ...rest])
    const due = `${each}
  Timer.set(() => { say('first'); Timer.set(() => say('second')) }, 10)`
    const busy = messages.replace('run(10)', 'run(5)\n  hardware.block(10)')
    deepEqual(await said(due, busy), ['first', 'one', 'second', ...rest])
  })

  it('runs promise jobs as a message of their own, after those that wait and after the timers', async () => {
    const script = `
  hardware.add({ operations: { hear: (handle) => { ear = handle }, send: (name) => hardware.post('test', ear, name) } })
  let ear = 0
  hardware.powerOn()
  await clock.run(10)
  hardware.post('test', ear, 'one')
  await clock.run(100)`
    const lines = await said(
      `
  world('hear', hold((name) => {
    say(name)
    if (name !== 'one') return
    world('send', 'two')
    Promise.resolve().then(() => say('job')).then(() => say('hop'))
    Promise.resolve().then(() => { say('other job'); world('send', 'four') }).then(() => say('other hop'))
    world('send', 'three')
    Timer.set(() => say('timer'))
  }))`,
      script,
    )
    deepEqual(lines, ['one', 'timer', 'two', 'job', 'other job', 'three', 'hop', 'other hop', 'four'])
  })

  it('counts promise jobs as one of the messages that wait, and is restarted where there is no room for it', async () => {
    const main = "world('hear', hold(() => { world('fill'); Promise.resolve().then(() => say('job')) }))"
    const script = (more: number) => `
  let ear = 0
  const fill = () => { for (let i = 0; i < build.queueLength - 1 + ${more}; i++) hardware.post('test', 0) }
  hardware.add({ operations: { hear: (handle) => { ear = handle }, fill } })
  hardware.powerOn()
  await clock.run(10)
  hardware.post('test', ear)
  await clock.run(40_000)
  print([hardware.deepestQueue - build.queueLength, hardware.boots].join())`
    const told = (more: number) => said(main, script(more))
    deepEqual(await told(0), ['job', '0,1'])
    deepEqual(await told(1), ['1,2'])
  })

  it('ends a machine with a rejection that nobody handles, but none that a later job handles', async () => {
    const main = (handled: boolean) => `
  const rejected = Promise.reject(new Error('unheard'))
  Promise.resolve().then(() => {}).then(() => ${handled} && rejected.catch(() => say('handled')))
  Timer.set(() => say('on'), 1000)`
    const script = 'hardware.powerOn()\n  await clock.run(1_100)\n  print(hardware.aborts.join())'
    deepEqual(await said(main(true), script), ['handled', 'on', ''])
    const [reason] = await said(main(false), script)
    equal(reason, 'promise jobs: unhandled rejection: Error: unheard')
  })
})
