import { KMP_LINE, KmpMeter } from '../modules/kmp/client.js'
import { GET_SERIAL_NO } from '../modules/kmp/constants.js'
import { registerRequest, simpleRequest } from '../modules/kmp/frame.js'
import { KmpParser } from '../modules/kmp/parser.js'
import { MeterLine } from '../modules/serial/line.js'
import { VirtualClock } from '../twin/clock.js'
import { characterTime, SimulatedLine } from '../twin/line.js'
import { REPLY_DELAY, SimulatedMultical } from '../twin/multical.js'
import { seededRandom } from '../twin/random.js'
import { printTable } from './table.js'

/** The original waits this long for everything, whatever has come (spec of the ESP8266 firmware's kmp_request_send). */
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
      let complete: true | undefined
      parser.push(bytes, (frame) => {
        if (frame.ok) complete = true
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
const row = (name: string, ms: number) => [name, ms.toFixed(0), (ms / floor).toFixed(3)]
printTable(
  'Line time of one KMP sampling at 1200 8N2',
  ['', 'ms', 'of the floor'],
  [
    row('floor: bytes on the wire and the meter thinking', floor),
    row('MeterLogger', took),
    row('the original, fixed schedule', ORIGINAL),
    row('one request a register', each),
  ],
)
