import type { Result } from '../modules/codec/result.js'
import { En61107Meter } from '../modules/en61107/client.js'
import { KMP_LINE, KmpMeter } from '../modules/kmp/client.js'
import { GET_SERIAL_NO } from '../modules/kmp/constants.js'
import { type KmpFrame, registerRequest, simpleRequest } from '../modules/kmp/frame.js'
import { KmpParser } from '../modules/kmp/parser.js'
import { MeterLine } from '../modules/meters/line.js'
import { VirtualClock } from '../twin/clock.js'
import { characterTime, SimulatedLine } from '../twin/line.js'
import { REPLY_DELAY, SimulatedMultical } from '../twin/multical.js'
import { SimulatedMultical66 } from '../twin/multical66.js'
import { seededRandom } from '../twin/random.js'
import { printTable } from './table.js'

/** The original waits this long for each reply, even when it has come (kmp_request_send of the ESP8266 firmware). */
const ORIGINAL = 2000
const REGISTERS = [60, 68, 1004, 86, 87, 89, 74, 80]
const PAUSE = 20

function setUp() {
  const clock = new VirtualClock()
  const serial = new SimulatedLine(clock, seededRandom(1))
  const meter = new SimulatedMultical(serial, clock, 6892850)
  return { clock, meter, line: new MeterLine(serial, clock) }
}

async function timeOf(clock: VirtualClock, work: Promise<unknown>): Promise<number> {
  let took = Number.NaN
  void work.then(() => {
    took = clock.now()
  })
  await clock.run(60_000, () => !Number.isNaN(took))
  return took
}

async function oneRequestEach({ clock, line }: ReturnType<typeof setUp>): Promise<number> {
  const parser = new KmpParser()
  const ask = (request: Uint8Array) =>
    line.exchange(request, 2000, (bytes) => {
      let complete: Result<KmpFrame> | undefined
      parser.push(bytes, (frame) => {
        if (frame.ok) complete = frame
      })
      return complete
    })
  return timeOf(
    clock,
    (async () => {
      line.configure(KMP_LINE)
      await ask(simpleRequest(GET_SERIAL_NO))
      for (const id of REGISTERS) {
        await line.pause(PAUSE)
        await ask(registerRequest([id]))
      }
    })(),
  )
}

const ours = setUp()
const took = await timeOf(ours.clock, new KmpMeter(ours.line).read())
const floor = (ours.meter.bytes.received + ours.meter.bytes.sent) * characterTime(KMP_LINE) + 2 * REPLY_DELAY
const each = await oneRequestEach(setUp())
const row = (name: string, ms: number, least: number) => [name, ms.toFixed(0), (ms / least).toFixed(3)]
const HEADS = ['', 'ms', 'of the floor']
printTable('Line time of one KMP sampling at 1200 8N2', HEADS, [
  row('floor: bytes on the wire and the meter thinking', floor, floor),
  row('MeterLogger', took, floor),
  row('the original, fixed schedule', ORIGINAL, floor),
  row('one request a register', each, floor),
])

/** The original waits this long before every session, to wake the meter up. */
const ORIGINAL_WAKE_UP = 6_000

for (const variant of ['66-C', '66-B'] as const) {
  const clock = new VirtualClock()
  const serial = new SimulatedLine(clock, seededRandom(1))
  const meter = new SimulatedMultical66(serial, clock, 60017, variant)
  const client = new En61107Meter(new MeterLine(serial, clock), variant)
  // The first reading has woken the meter up.
  await timeOf(clock, client.read())
  const since = clock.now()
  meter.busy = 0
  const ms = (await timeOf(clock, client.read())) - since
  printTable(`Line time of one sampling of a MULTICAL ${variant}, 300 and 1200 baud`, HEADS, [
    row('floor: bytes on the wire and the meter thinking', meter.busy, meter.busy),
    row('MeterLogger', ms, meter.busy),
    row('the original, 6 s before the same dialogue', ORIGINAL_WAKE_UP + meter.busy, meter.busy),
  ])
}
