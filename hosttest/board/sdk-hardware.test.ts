import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { needs } from '../support/needs.js'
import { buildMachine, missingCompiler } from '../xs/machine.js'
import { runBoard } from './run.js'

/** In a `main`: tells the test something, and what a call threw. */
const TELL = `
const tell = (...values) => trace('> ' + JSON.stringify(values) + '\\n')
const thrown = (call) => {
  try {
    return call() ?? 'nothing thrown'
  } catch (error) {
    return error.name + ': ' + error.message
  }
}
`

const PARTS = `
import { VirtualClock } from '../../twin/clock.js'
import { SimulatedConcentrator } from '../../twin/concentrator.js'
import { SimulatedMultical } from '../../twin/multical.js'
import { seededRandom } from '../../twin/random.js'
import { Bluetooth } from './world/bluetooth.js'
import { Chip } from './world/chip.js'
import { Crypt } from './world/crypt.js'
import { FlashChip } from './world/flash.js'
import { Hardware } from './world/hardware.js'
import { Nvs } from './world/nvs.js'
import { Pins } from './world/pins.js'
import { Uarts } from './world/serial.js'
import { Time } from './world/time.js'
import { Timers } from './world/timers.js'
const clock = new VirtualClock(async () => { await undefined })
const hardware = new Hardware(clock)
const time = new Time(hardware)
const nvs = new Nvs(hardware)
const flash = new FlashChip(hardware)
const pins = new Pins(hardware)
const uarts = new Uarts(hardware, pins)
const concentrator = new SimulatedConcentrator({ clock, random: seededRandom(1) })
const bluetooth = new Bluetooth(hardware, concentrator)
flash.onBusy = (ms) => pins.mask(ms)
nvs.onBusy = (ms) => pins.mask(ms)
for (const part of [new Timers(hardware), new Chip(hardware), new Crypt(), time, nvs, flash, pins, uarts, bluetooth])
  hardware.add(part)
`

interface Scene {
  /** The board's `main`, as the body of the function; what is above it are its imports. */
  readonly imports: string
  readonly main: string
  /** What happens in the world. */
  readonly world?: string
  readonly manifest?: string
}

/** What the board told, one list of values each time, and what the world printed. */
async function play({ imports, main, world = 'hardware.powerOn()', manifest = 'manifest.json' }: Scene) {
  const { lines, trace } = await runBoard({
    manifest,
    replaced: { main: `${imports}\n${TELL}\nexport default function main() {${main}\n}` },
    world: `${PARTS}\nvoid (async () => {\n${world}\n})()`,
  })
  const told = trace
    .split('\n')
    .filter((line) => line.startsWith('> '))
    .map((line) => JSON.parse(line.slice(2)))
  return { told, lines, trace }
}

describe("the SDK's hardware modules, as the board rig has them", function () {
  this.timeout(120_000)
  before(function () {
    needs(this, missingCompiler())
    buildMachine()
  })

  describe('time', () => {
    const imports = `import Time from 'time'\nimport Timer from 'timer'`

    it('counts ticks in 32 bits with a sign from the last start on, and takes differences over the wrap', async () => {
      const { told } = await play({
        imports,
        main: `
          tell(Time.ticks, Time.delta(0x7ffffff0, -0x7ffffff0), Time.delta(-1, 1), Time.delta(Time.ticks))
          tell(Time.delta(5, undefined))
          Timer.set(() => tell(Time.ticks), 1000)`,
        world: `
          await clock.run(5_000)
          time.ticksAtBoot = 2 ** 31 - 500
          hardware.powerOn()
          await clock.run(2_000)`,
      })
      deepEqual(told, [[2 ** 31 - 500, 32, 2, 0], [-5], [-(2 ** 31) + 500]])
    })

    it('sets whole seconds of 32 bits, at once and over a restart, but not over power', async () => {
      const { told } = await play({
        imports: `${imports}\nimport FFI from 'mc/ffi'`,
        main: `
          tell(Date.now())
          if (Date.now() > 100_000) return
          Time.set(1_800_000_000.9)
          tell(Date.now())
          Timer.set(() => { tell(Date.now()); new FFI().esp_restart(); tell('still there') }, 700)`,
        world: `
          hardware.powerOn()
          await clock.run(2_000)
          hardware.powerOff()
          await clock.run(1_000)
          hardware.powerOn()`,
      })
      deepEqual(told, [[0], [1_800_000_000_000], [1_800_000_000_700], [1_800_000_001_000], [0], [1_800_000_000_000]])
    })
  })

  describe('preference', () => {
    const imports = `import Preference from 'preference'`

    it('is empty when it comes from the factory, and keeps four types over power', async () => {
      const { told } = await play({
        imports,
        main: `
          tell(...['b', 'n', 's', 'a', 'x'].map((key) => {
            const value = Preference.get('d', key)
            return value instanceof ArrayBuffer ? [...new Uint8Array(value)] : value ?? 'undefined'
          }))
          Preference.set('d', 'b', true)
          Preference.set('d', 'n', -7)
          Preference.set('d', 's', 'tekst')
          Preference.set('d', 'a', Uint8Array.of(1, 2).buffer)
          tell(Preference.keys('d'))
          Preference.delete('d', 'x')
          Preference.delete('e', 'x')`,
        world: 'hardware.powerOn()\nhardware.powerOff()\nhardware.powerOn()',
      })
      deepEqual(told[0], Array(5).fill('undefined'))
      deepEqual(told[2], [true, -7, 'tekst', [1, 2], 'undefined'])
      deepEqual(told[3], [['b', 'n', 's', 'a']])
    })

    it('refuses what NVS has no type for, and names that are too long', async () => {
      const { told } = await play({
        imports,
        main: `
          const set = (key, value) => thrown(() => Preference.set('d', key, value))
          tell(set('k', 0.5), set('k', 2 ** 31), set('k', undefined), set('k', Uint8Array.of(1)))
          Preference.set('d', 'a123456789b1234', 'old')
          tell(Preference.get('d', 'a123456789b1234x'))
          tell(set('a123456789b1234x', 'new'), Preference.get('d', 'a123456789b1234') ?? 'gone')
          tell(thrown(() => Preference.set('domain7890123456', 'k', 1)))
          tell(thrown(() => Preference.get('d', 'k'.repeat(64))))`,
      })
      deepEqual(told, [
        [...Array(2).fill('Error: float unsupported'), ...Array(2).fill('Error: unsupported type')],
        ['old'],
        ['Error: nvs set fail', 'gone'],
        ['Error: nvs_open fail'],
        ['RangeError: cannot buffer string'],
      ])
    })

    it('loses the old value where there is no room for the new one, and keeps it where the flash is worn out', async () => {
      const { told } = await play({
        imports,
        main: `
          if (Preference.get('d', 'k') === undefined) return Preference.set('d', 'k', 'old')
          tell(thrown(() => Preference.set('d', 'k', new ArrayBuffer(400))), Preference.get('d', 'k') ?? 'gone')`,
        world: `
          hardware.powerOn()
          nvs.worn = true
          hardware.powerOn()
          nvs.worn = false
          nvs.othersEntries += nvs.freeEntries - 5
          hardware.powerOn()`,
      })
      deepEqual(told, [
        ['Error: nvs set fail', 'old'],
        ['Error: nvs set fail', 'gone'],
      ])
    })

    it('can lose power between the old value and the new one', async () => {
      const { told, lines } = await play({
        imports,
        main: `
          tell(Preference.get('d', 'k') ?? 'nothing')
          Preference.set('d', 'k', Preference.get('d', 'k') === 'old' ? 'new' : 'old')
          tell('set')`,
        world: `
          hardware.powerOn()
          nvs.cutAt = nvs.steps + 1
          hardware.powerOn()
          print(String(alive()))
          hardware.powerOn()`,
      })
      deepEqual(told, [['nothing'], ['set'], ['old'], ['nothing'], ['set']])
      deepEqual(lines, ['false'])
    })
  })

  describe('embedded:storage/flash', () => {
    const imports = `import flash from 'embedded:storage/flash'`

    it('has the partitions that the firmware is built with, and opens those of data', async () => {
      const { told } = await play({
        imports,
        main: `
          tell(...flash)
          const open = (options) => thrown(() => flash.open(options).status())
          tell(open({ path: 'journal' }), open({ path: 'factory' }), open({ path: 'nextota' }), open({}))
          tell(open({ path: 'journal', mode: 'w' }), open({ path: 'journal', mode: 'r', format: 'number' }))`,
      })
      deepEqual(told, [
        ['nvs', 'phy_init', 'factory', 'journal'],
        [
          { size: 0xc0000, blockLength: 4096, blocks: 192 },
          "Error: can't find partition",
          "Error: can't find partition",
          'Error: no path',
        ],
        ['Error: invalid mode', 'RangeError: unsupported'],
      ])
    })

    it('reads into a buffer or a new one, clears bits alone, and throws beyond its end', async () => {
      const { told, lines } = await play({
        imports,
        main: `
          const journal = flash.open({ path: 'journal', mode: 'r+' })
          const { size } = journal.status()
          const into = new Uint8Array(4)
          tell(journal.read(into.subarray(1, 3), 0), [...into])
          journal.write(Uint8Array.of(0xf0, 0x0f), 10)
          journal.write(Uint8Array.of(0x3c), 10)
          tell([...new Uint8Array(journal.read(3, 10))])
          journal.eraseBlock(0)
          tell([...new Uint8Array(journal.read(3, 10))])
          tell(thrown(() => journal.read(2, size - 1)), thrown(() => journal.write(into, size - 3)))
          tell(thrown(() => journal.eraseBlock(192)), thrown(() => journal.read(into)))
          const reader = flash.open({ path: 'journal', mode: 'r' })
          tell(thrown(() => reader.write(into, 0)), thrown(() => reader.eraseBlock(0)))
          journal.close()
          journal.close()
          tell(thrown(() => journal.read(1, 0)))`,
        world: 'hardware.powerOn()\nprint(String(flash.overwrites))',
      })
      deepEqual(told, [
        [2, [0, 255, 255, 0]],
        [[0x30, 0x0f, 0xff]],
        [[255, 255, 255]],
        ['Error: read failed', 'Error: write failed'],
        ['Error: erase failed', 'SyntaxError: C: xsArg(1): invalid index'],
        ['Error: read-only', 'Error: read-only'],
        ['SyntaxError: C: xsGetHostData: invalid host data'],
      ])
      deepEqual(lines, ['1'])
    })

    it('can lose power in the midst of a write', async () => {
      const { told } = await play({
        imports,
        main: `
          const journal = flash.open({ path: 'journal', mode: 'r+' })
          const bytes = [...new Uint8Array(journal.read(4, 0))]
          tell(bytes[0], bytes[3])
          journal.write(Uint8Array.of(1, 2, 3, 4), 0)
          tell('written')`,
        world: `
          flash.journal.cutAt = 2
          hardware.powerOn()
          hardware.powerOn()`,
      })
      deepEqual(told, [[255, 255], [1, 255], ['written']])
    })

    it('holds up the main task while it erases', async () => {
      const { told } = await play({
        imports: `${imports}\nimport Time from 'time'\nimport Timer from 'timer'`,
        main: `
          const journal = flash.open({ path: 'journal', mode: 'r+' })
          Timer.set(() => tell(Time.ticks), 10)
          journal.eraseBlock(0, 2)
          tell(Time.ticks)`,
        world: 'hardware.powerOn()\nawait clock.run(1_000)',
      })
      deepEqual(told, [[90], [90]])
    })

    it('is restarted by the watchdog where erasing takes more than 30 s', async () => {
      const { told, lines } = await play({
        imports,
        main: `
          flash.open({ path: 'journal', mode: 'r+' }).eraseBlock(0, 192)
          tell('erased')`,
        world: `
          hardware.powerOn()
          flash.eraseTime = 400
          hardware.powerOn()
          await clock.run(10)
          print(alive() + ' ' + clock.now())
          hardware.powerOff()`,
      })
      deepEqual(told, [['erased']])
      deepEqual(lines, ['false 10'])
    })
  })

  describe('embedded:io/serial', () => {
    const imports = `import Serial from 'embedded:io/serial'\nimport { invoke } from 'board/ffi'\nimport Timer from 'timer'\nimport Time from 'time'`
    const meter = `
      const line = uarts.connect(2, seededRandom(1))
      const sends = (count, delay, settings = { baud: 1200, stopBits: 2 }) =>
        line.send(Uint8Array.from({ length: count }, (_, i) => i), delay, settings)`

    it('wants pins that are free, a port, a speed and a format that it has', async () => {
      const { told } = await play({
        imports,
        main: `
          const open = (options) => thrown(() => { new Serial({ receive: 16, transmit: 17, baud: 1200, ...options }) })
          tell(open({ port: 3 }), open({ baud: 0 }), open({ format: 'string' }), open({ onReadable: 1 }))
          tell(open({ port: 2, onReadable() {} }), open({ port: 1 }), open({ receive: 30, transmit: 18 }))
          tell(thrown(() => { new Serial({ port: 1, baud: 1200 }) }), open({ receive: undefined, transmit: 18 }))`,
      })
      deepEqual(told, [
        ['RangeError: invalid port', 'RangeError: invalid baud', 'RangeError: invalid format', 'Error: not a function'],
        ['nothing thrown', 'Error: in use', 'Error: in use'],
        ['Error: invalid', 'Error: invalid'],
      ])
    })

    it('tells of what has come after a pause of 4 characters or at its mark of 96, and once until it was read', async () => {
      const { told } = await play({
        imports,
        main: `
          const serial = new Serial({ port: 2, receive: 16, transmit: 17, baud: 1200, onReadable(count) {
            tell(count, Time.ticks)
            if (count !== 3) serial.read()
          } })`,
        world: `${meter}
          hardware.powerOn()
          sends(3, 0, { baud: 1200, stopBits: 1 })
          sends(1, 100, { baud: 1200, stopBits: 1 })
          sends(100, 1_000, { baud: 1200, stopBits: 1 })
          await clock.run(3_000)`,
      })
      // 3 and 1 characters of 10 bits and 40 bits of pause; 96 characters, and the rest with its pause.
      const bit = 1000 / 1200
      const near = [
        [3, 70 * bit],
        [4, 100 + 50 * bit],
        [96, 1000 + 960 * bit],
        [4, 1000 + 1040 * bit],
      ]
      deepEqual(
        told.map(([count]) => count),
        near.map(([count]) => count),
      )
      for (const [i, [, at]] of near.entries()) ok(Math.abs(told[i][1] - at!) <= 1, `${told[i][1]} is not ${at}`)
    })

    it('loses what comes while its 128 bytes are full', async () => {
      const { told, lines } = await play({
        imports,
        main: `
          const serial = new Serial({ port: 2, receive: 16, transmit: 17, baud: 1200 })
          Timer.set(() => {
            const bytes = new Uint8Array(serial.read())
            tell(bytes.length, bytes[127], serial.read() ?? 'empty')
          }, 2000)`,
        world: `${meter}
          hardware.powerOn()
          sends(140, 0)
          await clock.run(3_000)
          print(String(uarts.lost(2)))`,
      })
      deepEqual(told, [[128, 127, 'empty']])
      deepEqual(lines, ['12'])
    })

    it('writes all or nothing into its FIFO, which empties at the speed of the line', async () => {
      const { told } = await play({
        imports,
        main: `
          const serial = new Serial({ port: 2, receive: 16, transmit: 17, baud: 1200, format: 'buffer' })
          const write = (length) => thrown(() => serial.write(new ArrayBuffer(length)))
          tell(write(129), write(100), write(29), write(28))
          Timer.set(() => tell(write(12), write(11)), 95)`,
        world: 'hardware.powerOn()\nawait clock.run(3_000)',
      })
      deepEqual(told, [
        ['Error: output full', 'nothing thrown', 'Error: output full', 'nothing thrown'],
        ['Error: output full', 'nothing thrown'],
      ])
    })

    it('takes speed and stop bits from ESP-IDF, a shorter pause too, but no other mark', async () => {
      const { told, lines } = await play({
        imports,
        main: `
          const serial = new Serial({ port: 2, receive: 16, transmit: 17, baud: 9600, onReadable(count) {
            tell(count, Time.ticks)
            serial.read()
          } })
          // Bound or not: which of them the firmware uses is its own affair.
          const set = (what, port, value) => invoke('uart_set_' + what, 2, [port, value])
          tell(set('baudrate', 2, 1200), set('stop_bits', 2, 3), set('rx_timeout', 2, 1))
          tell(set('baudrate', 3, 1200), set('stop_bits', 2, 4), set('rx_timeout', 2, 120))
          tell(set('rx_full_threshold', 2, 8), set('rx_full_threshold', 2, 0))
          serial.write(Uint8Array.of(0x55).buffer)`,
        world: `${meter}
          line.attach({ settings: { baud: 1200, stopBits: 2 }, onBytes: (bytes) => print('meter ' + bytes + ' ' + Math.round(clock.now())) })
          hardware.powerOn()
          sends(20, 0)
          await clock.run(1_000)`,
      })
      deepEqual(told[0], [0, 0, 0])
      deepEqual(told[1], [-1, -1, 0x102])
      deepEqual(told[2], [0x103, 0x102])
      // 20 characters of 11 bits, and 16 bits of pause.
      const [count, at] = told.at(-1)!
      equal(count, 20)
      ok(Math.abs(at - (236 * 1000) / 1200) <= 1)
      deepEqual(lines, ['meter 85 9'])
    })

    it('tells of 8 bytes where its interrupts are set so', async () => {
      const { told } = await play({
        imports,
        main: `
          const serial = new Serial({ port: 2, receive: 16, transmit: 17, baud: 1200, onReadable(count) {
            tell(count)
            serial.read()
          } })
          const config = new DataView(new ArrayBuffer(8))
          config.setUint32(0, (1 << 0) | (1 << 8), true)
          config.setUint8(4, 1)
          config.setUint8(6, 8)
          tell(invoke('uart_intr_config', 2, [2, config.buffer]))`,
        world: `${meter}
          hardware.powerOn()
          sends(20, 0)
          await clock.run(1_000)`,
      })
      deepEqual(told, [[0], [8], [8], [4]])
    })

    it('hears rubbish at another speed, and nothing once it is closed', async () => {
      const { told } = await play({
        imports,
        main: `
          const serial = new Serial({ port: 2, receive: 16, transmit: 17, baud: 300, onReadable() {
            tell([...new Uint8Array(serial.read())].every((byte, i) => byte === i))
          } })
          Timer.set(() => {
            serial.close()
            serial.close()
            tell(thrown(() => serial.read()), thrown(() => { new Serial({ port: 2, receive: 16, transmit: 17, baud: 300 }) }))
          }, 1000)`,
        world: `${meter}
          hardware.powerOn()
          sends(20, 0)
          sends(20, 2_000)
          await clock.run(5_000)`,
      })
      deepEqual(told, [[false], ['SyntaxError: C: xsGetHostData: invalid host data', 'nothing thrown']])
    })
  })

  describe('pins', () => {
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
        [
          'Error: invalid',
          'RangeError: input only',
          'Error: invalid pin',
          'RangeError: invalid mode',
          'Error: invalid',
        ],
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

  describe('crypt', () => {
    const imports = `import { BlockCipher, Digest, Mode } from 'crypt'`
    const hex = `const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
      const bytes = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16)).buffer`

    it('computes SHA-256 and AES-CBC as everybody does', async () => {
      const { told } = await play({
        imports,
        main: `${hex}
          const digest = new Digest('SHA256')
          digest.write('ab')
          digest.write(Uint8Array.of(0x63))
          tell(hex(digest.close()), thrown(() => { new Digest('SHA3') }))
          // NIST SP 800-38A, F.2.1
          const key = bytes('2b7e151628aed2a6abf7158809cf4f3c')
          const iv = bytes('000102030405060708090a0b0c0d0e0f')
          const plain = bytes('6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51')
          const mode = new Mode('CBC', new BlockCipher('AES', key), iv)
          tell(hex(mode.encrypt(plain.slice(0, 16))), hex(mode.encrypt(plain.slice(16))))
          mode.setIV(iv)
          tell(hex(mode.decrypt(bytes('7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2'))))`,
      })
      deepEqual(told, [
        ['ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', 'Error: crypt: unsupported digest'],
        ['7649abac8119b246cee98e9b12e9197d', '5086cb9b507219ee95db113a917678b2'],
        ['6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51'],
      ])
    })

    it('takes keys and IVs as ArrayBuffers alone, leaves a partial block, and writes padding over the heap', async () => {
      const { told, lines } = await play({
        imports,
        main: `${hex}
          const key = new Uint8Array(16)
          tell(thrown(() => { new BlockCipher('AES', key) }), thrown(() => { new BlockCipher('AES', new ArrayBuffer(8)) }))
          const cipher = new BlockCipher('AES', key.buffer)
          tell(thrown(() => { new Mode('CBC', cipher, key) }), thrown(() => { new Mode('OFB', cipher) }))
          const mode = new Mode('CBC', cipher, key.buffer, true)
          const part = hex(mode.encrypt(new Uint8Array(20)))
          tell(part.length / 2, part.slice(32), mode.decrypt(new Uint8Array(20)).byteLength)
          tell(thrown(() => mode.encrypt(new ArrayBuffer(32), new ArrayBuffer(16))))
          mode.eof = true
          mode.encrypt(new ArrayBuffer(16))
          tell('still there')`,
        world: 'hardware.powerOn()\nprint(hardware.faults.join())',
      })
      deepEqual(told, [
        ['TypeError: no ArrayBuffer instance', 'Error: bad key size'],
        ['TypeError: no ArrayBuffer instance', 'Error: unsupported mode'],
        [20, '00000000', 16],
        ['Error: output too small'],
      ])
      deepEqual(lines, ['crypt: padding behind the end of the result'])
    })
  })

  describe('mc/ffi', () => {
    it('has the functions of the manifest alone, wants all arguments, fills buffers and takes no views', async () => {
      const { told } = await play({
        imports: `import FFI from 'mc/ffi'`,
        main: `
          const idf = new FFI()
          tell(thrown(() => idf.esp_flash_read_id(0)), thrown(() => idf.esp_chip_info()))
          const out = new Uint32Array(1)
          tell(idf.esp_flash_read_id(0, out.buffer), out[0].toString(16), thrown(() => idf.esp_flash_get_size(0, out)))
          tell(thrown(() => idf.esp_flash_get_size(0, new ArrayBuffer(2))))
          tell(idf.esp_reset_reason(), idf.esp_random() !== idf.esp_random())`,
      })
      match(told[0][0], /^SyntaxError: C: xsArg\(1\)/)
      match(told[0][1], /^TypeError/)
      deepEqual(told.slice(1), [
        [0, 'c84016', 'TypeError: no ArrayBuffer instance'],
        ['RangeError: invalid buffer size 2'],
        [1, true],
      ])
    })
  })

  describe('embedded:io/bluetoothle/central', () => {
    const manifest = 'manifests/devkit-ble.json'
    const imports = `import { GAPClient, GATTClient } from 'embedded:io/bluetoothle/central'\nimport FFI from 'mc/ffi'\nimport Timer from 'timer'`
    const address = '02:00:00:00:18:71/00'
    /** Starts NimBLE, which a client needs. */
    const started = (then: string) => `
      const scanner = new GAPClient({})
      Timer.set(() => { scanner.close(); ${then} }, 1000)`

    it('scans once for each start of NimBLE, which it counts in 8 bits', async () => {
      const { told, lines } = await play({
        imports,
        manifest,
        main: `
          const scan = (name) => new GAPClient({ onReadable() { tell(name, 'hears'); this.close() }, onError() { tell('error') } })
          scan('first')
          Timer.set(() => { const mute = scan('second'); Timer.set(() => mute.close(), 3000) }, 3000)
          Timer.set(() => {
            const nimble = new FFI()
            tell(nimble.nimble_port_stop(), nimble.nimble_port_deinit())
            for (let i = 2; i < 256; i++) new GAPClient({}).close()
            scan('after a restart')
          }, 7000)`,
        world: 'hardware.powerOn()\nawait clock.run(12_000)\nprint(bluetooth.starts + hardware.faults.join())',
      })
      deepEqual(told, [
        ['first', 'hears'],
        [0, 0],
        ['after a restart', 'hears'],
      ])
      deepEqual(lines, ['2'])
    })

    it('crashes where the counter comes round while NimBLE runs', async () => {
      const { lines } = await play({
        imports,
        manifest,
        main: 'Timer.set(() => { for (let i = 0; i < 257; i++) new GAPClient({}).close() }, 1000); new GAPClient({}).close()',
        world: 'hardware.powerOn()\nawait clock.run(1_100)\nprint(hardware.faults.join())',
      })
      match(lines[0]!, /NimBLE is started while it runs/)
    })

    it('keeps advertisements until they are read; one that is no UTF-8 throws at its name alone', async () => {
      const { told, lines } = await play({
        imports,
        manifest,
        main: `
          const scanner = new GAPClient({ onReadable(count) {
            const found = Array.from({ length: count }, () => scanner.read()).find(({ address }) => address.startsWith('0A'))
            if (found === undefined) return
            tell(found.address, found.rssi, [...new Uint8Array(found.get(9))], found.get(7) ?? 'none', thrown(() => found.name))
            tell(scanner.read() ?? 'nothing more')
            scanner.onReadable = undefined
          } })`,
        world: `
          hardware.powerOn()
          await clock.run(1_000)
          bluetooth.advertise('0a:00:00:00:00:01/1', -70, [3, 9, 0xff, 0x41])
          await clock.run(10)`,
      })
      deepEqual(told, [
        ['0A:00:00:00:00:01/01', -70, [0xff, 0x41], 'none', 'TypeError: invalid UTF-8'],
        ['nothing more'],
      ])
      equal(lines.length, 0)
    })

    it('connects, finds, subscribes and reads one request after the other, and closes last', async () => {
      const { told } = await play({
        imports,
        manifest,
        main: started(`
          const client = new GATTClient({
            address: '${address}',
            mtu: 247,
            onReady() {
              tell('ready', client.maximumWrite)
              client.getPrimaryServices(['0000ff00-0000-1000-8000-00805f9b34fb'], (error, [service]) => {
                tell(error, service.uuid)
                client.getCharacteristics(service, ['ff01'], (error, [source]) => {
                  tell(error, source.uuid, source.properties & GATTClient.properties.notify)
                  client.getDescriptors(source, ['2902'], (error, [configuration]) => {
                    tell(error, configuration.uuid)
                    client.write(configuration, Uint8Array.of(1, 0), (error) => tell('subscribed', error))
                  })
                })
              })
              client.getPrimaryServices(['1234'], (error, services) => tell('second', error, services.length))
            },
            onReadable(count) {
              tell('readable', count > 0, client.read().byteLength > 0)
              client.close(() => tell('closed'))
              tell(thrown(() => client.getPrimaryServices(() => {})), client.close() ?? 'no second time')
            },
          })`),
        world: `
          hardware.powerOn()
          concentrator.receiver.hear(new Uint8Array(20), -60)
          await clock.run(5_000)`,
      })
      deepEqual(told, [
        ['ready', 244],
        [null, 'ff00'],
        ['second', null, 0],
        [null, 'ff01', 16],
        [null, '2902'],
        ['subscribed', null],
        ['readable', true, true],
        ['Error: closing', 'no second time'],
        ['closed'],
      ])
    })

    it('never tells that it cannot connect: while it scans, twice at a time, or without NimBLE; close() is lost with it', async () => {
      const { told } = await play({
        imports,
        manifest,
        main: `
          const client = (name) => new GATTClient({ address: '${address}', onReady() { tell(name, 'ready') }, onError() { tell(name, 'error') } })
          tell(thrown(() => { new GATTClient({ address: 'nonsense' }) }))
          const early = client('without NimBLE')
          const scanner = new GAPClient({})
          Timer.set(() => client('while it scans'), 1000)
          Timer.set(() => early.close(() => tell('closed')), 2000)
          Timer.set(() => { scanner.close(); client('first') }, 3000)
          Timer.set(() => client('second'), 5000)`,
        world: 'hardware.powerOn()\nawait clock.run(20_000)',
      })
      deepEqual(told, [['Error: invalid address'], ['first', 'ready']])
    })

    it('tries for ever to reach who is not there; close() ends that with an error', async () => {
      const { told } = await play({
        imports,
        manifest,
        main: started(`
          const client = new GATTClient({ address: '02:00:00:00:00:09/0', onReady() {}, onError(error) { tell('error', error.message) } })
          Timer.set(() => client.close(() => tell('closed')), 3_600_000)`),
        world: 'hardware.powerOn()\nawait clock.run(3_700_000)',
      })
      deepEqual(told, [['error', '9'], ['closed']])
    })

    it('has no argument for onError at a disconnection, and no answer to some requests after it', async () => {
      const { told } = await play({
        imports,
        manifest,
        main: started(`
          const client = new GATTClient({
            address: '${address}',
            onReady() { client.getPrimaryServices((error, services) => { client.service = services[0] }) },
            onError(...values) {
              tell('error', values.length)
              client.getPrimaryServices((error) => tell('services', error.message))
              client.getCharacteristics(client.service, ['ff01'], (error) => tell('characteristics', error))
              Timer.set(() => client.close(() => tell('closed')), 10_000)
            },
          })`),
        world: `
          hardware.powerOn()
          await clock.run(3_000)
          concentrator.loseLink()
          await clock.run(60_000)`,
      })
      deepEqual(told, [
        ['error', 0],
        ['services', '7'],
      ])
    })

    it('keeps the first buffer of a notification, and crashes at read() without one', async () => {
      const { told, lines } = await play({
        imports,
        manifest,
        main: started(`
          const client = new GATTClient({
            address: '${address}',
            mtu: 247,
            onReady() {
              client.getPrimaryServices(['ff00'], (error, [service]) =>
                client.getCharacteristics(service, ['ff01'], (error, [source]) => client.subscribe(source)))
            },
            onReadable(count) {
              for (let i = 0; i <= count; i++) tell(client.read().byteLength)
            },
          })`),
        world: `
          bluetooth.gatt.packetLength = 27
          hardware.powerOn()
          concentrator.receiver.hear(new Uint8Array(100), -60)
          await clock.run(5_000)
          print(hardware.faults.join())`,
      })
      deepEqual(told[0], [20])
      match(lines[0]!, /read\(\) without a value/)
    })
  })
})
