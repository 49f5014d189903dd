import { writeSync } from 'node:fs'
import { fromHex, toHex } from '../../modules/codec/hex.js'
import type { Clock, Timer } from '../../modules/ports/clock.js'
import { withoutAnyChecksums } from '../../modules/wmbus/any-frame.js'
import { seededRandom } from '../../twin/random.js'
import { SimulatedWaterMeter } from '../../twin/water-meter.js'

export const ID = '74493770'
export const KEY = '44E9112D06BD762EC2BFECE57E487C9B'

/** Telegrams of a simulated FlowIQ 2101 without end, with the ms since the first; seven of eight of them are compact. */
export function* waterTelegrams(): Generator<{ readonly ms: number; readonly frame: Uint8Array }> {
  let ms = 0
  let frame: Uint8Array = new Uint8Array(0)
  let send = () => {}
  const clock: Clock = {
    now: () => ms,
    set(callback, wait) {
      send = () => {
        ms += wait
        callback()
      }
      return undefined as unknown as Timer
    },
    clear() {},
  }
  const random = seededRandom(1)
  new SimulatedWaterMeter({ clock, random, id: ID, key: fromHex(KEY)!, send: (sent) => (frame = sent) })
  for (;;) {
    send()
    yield { ms, frame }
  }
}

/** Writes so many of them as wmbusmeters' own recordings have them, which it reads fastest. */
export function writeTelegrams(file: number, count: number): void {
  const telegrams = waterTelegrams()
  for (let left = count; left > 0; left -= 1000) {
    let text = ''
    for (let i = Math.min(left, 1000); i > 0; i--) text += simulationLine(telegrams.next().value.frame)
    writeSync(file, text)
  }
}

/** wmbusmeters expects frames without checksums there. */
function simulationLine(frame: Uint8Array): string {
  return `telegram=|${toHex(withoutAnyChecksums(frame) as Uint8Array)}|\n`
}
