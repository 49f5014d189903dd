import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { needsMachine } from '../xs/needs-machine.js'
import { play } from './hardware-run.js'

describe('pins, as the board rig has them', function () {
  needsMachine(this)

  const imports = `import Digital from 'embedded:io/digital'
import Old from 'pins/digital'
import Monitor from 'pins/digital/monitor'
import PulseWidth from 'embedded:io/pulsewidth'
import Analog from 'embedded:io/analog'
import Timer from 'timer'
import flash from 'embedded:storage/flash'`

  it('are driven by one output each, some not at all', async () => {
    const { told, lines } = await play({
      imports,
      main: `
        const open = (options) => thrown(() => { new Digital({ mode: Digital.Output, ...options }) })
        tell(open({}), open({ pin: 34 }), open({ pin: 30 }), open({ pin: 2, mode: 7 }), open({ pin: 2, mode: undefined }))
        const led = new Digital({ pin: 2, mode: Digital.Output, initialValue: 1 })
        const valve = new Digital({ pin: 33, mode: Digital.Output, activeLow: true })
        tell(open({ pin: 2 }), thrown(() => led.read()))
        led.write(0)
        led.write(1)
        valve.write(1)`,
      world: `
        const levels = []
        pins.onOutput = (pin, level) => levels.push(pin + ':' + level)
        hardware.powerOn()
        print(levels.join(' '))`,
    })
    deepEqual(told, [
      ['Error: invalid', 'RangeError: input only', 'Error: invalid pin', 'RangeError: invalid mode', 'Error: invalid'],
      ['Error: in use', "Error: can't read output"],
    ])
    deepEqual(lines, ['2:1 33:1 2:0 2:1 33:0'])
  })

  it('float without a pull resistor: the mains is counted, not the contact', async () => {
    const { told } = await play({
      imports,
      main: `
        const monitor = new Monitor({ pin: 5, mode: Monitor.InputPullUp, edge: Monitor.Rising })
        monitor.onChanged = () => {}
        Timer.set(() => tell(Monitor.InputPullUp ?? 'no such mode', monitor.rises), 1000)`,
      world: 'hardware.powerOn()\nawait clock.run(2_000)',
    })
    equal(told[0][0], 'no such mode')
    ok(told[0][1] > 40)
  })

  it('count the edges of a contact in the interrupt, and are told once for several', async () => {
    const { told } = await play({
      imports,
      main: `
        const monitor = new Monitor({ pin: 5, mode: Old.InputPullUp, edge: Monitor.Rising | Monitor.Falling })
        monitor.onChanged = () => tell('changed', monitor.rises, monitor.falls, monitor.read())
        const rises = new Monitor({ pin: 18, mode: Old.InputPullUp, edge: Monitor.Rising })
        tell(thrown(() => rises.falls), thrown(() => { new Monitor({ pin: 4 }) }))`,
      world: `
        hardware.powerOn()
        await clock.run(500)
        for (const level of [0, undefined, 0, undefined, 0]) pins.drive(5, level)
        await clock.run(500)
        pins.drive(5, undefined)
        await clock.run(500)`,
    })
    deepEqual(told, [
      ['Error: not configured', 'Error: edge missing'],
      ['changed', 2, 3, 0],
      ['changed', 3, 3, 1],
    ])
  })

  it('crash the board where a monitor is closed twice, and abort it where nobody hears', async () => {
    const { lines } = await play({
      imports,
      main: `
        const monitor = new Monitor({ pin: 5, mode: Old.InputPullUp, edge: Monitor.Rising })
        Timer.set(() => { monitor.close(); monitor.close() }, 1000)`,
      world: `
        hardware.powerOn()
        pins.drive(5, 0)
        pins.drive(5, undefined)
        await clock.run(1_000)
        print(hardware.aborts.map((reason) => reason.split('\\n')[0]).join())
        await clock.run(800)
        print(hardware.faults.join() + ' ' + hardware.resetReason)`,
    })
    match(lines[0]!, /^monitor: unhandled exception: TypeError/)
    equal(lines[1], 'pins/digital/monitor: close of a closed monitor 4')
  })

  it('have their impulses measured by one capture, rubbish before the first, none twice, and no pull resistor', async () => {
    const { told, lines } = await play({
      imports,
      main: `
        const open = (pin) => new PulseWidth({ pin, mode: PulseWidth.InputPullUp, edges: PulseWidth.FallingToRising })
        new Monitor({ pin: 5, mode: Old.InputPullUp, edge: Monitor.Rising }).onChanged = () =>
          tell(pulse.read() ?? 'nothing', pulse.read() ?? 'nothing')
        const pulse = open(5)
        tell(pulse.read() > 1e6, thrown(() => open(18)), thrown(() => open(5)))
        Timer.set(() => { pulse.close(); pulse.close() }, 100_000)`,
      world: `
        hardware.powerOn()
        await clock.run(10)
        for (const [level, ms] of [[0, 100], [undefined, 1_000], [0, 60_000], [undefined, 1_000]]) {
          pins.drive(5, level)
          await clock.run(ms)
        }
        print(String(pins.level(5)))
        await clock.run(40_000)
        pins.drive(5, 0)
        pins.drive(5, undefined)
        await clock.run(10)
        print(String(pins.level(5)))`,
    })
    deepEqual(told[0], [true, 'Error: no capture timer', 'RangeError: in use'])
    deepEqual(told[1], [100_000, 'nothing'])
    // The counter has 32 bits at 80 MHz: 53.7 s are 0 again.
    ok(Math.abs(told[2][0] - (60_000_000 - 2 ** 32 / 80)) < 10)
    equal(lines[0], '1')
  })

  it('lose an impulse that is over before the flash has erased, and keep one edge', async () => {
    const { told } = await play({
      imports,
      main: `
        const journal = flash.open({ path: 'journal', mode: 'r+' })
        const monitor = new Monitor({ pin: 5, mode: Old.InputPullUp, edge: Monitor.Rising })
        monitor.onChanged = () => tell(monitor.rises)
        Timer.set(() => journal.eraseBlock(0), 100)`,
      world: `
        hardware.powerOn()
        await clock.run(110)
        for (const level of [0, undefined, 0, undefined]) pins.drive(5, level)
        await clock.run(100)`,
    })
    deepEqual(told, [[1]])
  })

  it('have a voltage where they can, which the radio takes away from half of them', async () => {
    const { told } = await play({
      imports,
      main: `
        const open = (pin) => thrown(() => new Analog({ pin }).read() ?? 'no answer')
        tell(open(34), open(35), open(25), open(5), open(34))`,
      world: 'pins.setVoltage(34, 1_650)\npins.setVoltage(35, 3_000)\nhardware.powerOn()',
    })
    deepEqual(told, [[2757, 4095, 'no answer', 'RangeError: not analog pin', 'RangeError: in use']])
  })
})
