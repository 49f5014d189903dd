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

/** A board of a few lines in a world of its own. */
export interface Scene {
  /** The board's `main`, as the body of the function; what is above it are its imports. */
  readonly imports: string
  readonly main: string
  /** What happens in the world. */
  readonly world?: string
  readonly manifest?: string
}

/** What the board told, one list of values each time, and what the world printed. */
export async function play({ imports, main, world = 'hardware.powerOn()', manifest = 'manifest.json' }: Scene) {
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
