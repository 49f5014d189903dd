import { writeSync } from 'node:fs'
import { rtlwmbusLine } from '../../decoders/telegram-line.js'
import { fromHex } from '../../modules/codec/hex.js'
import type { Clock } from '../../modules/ports/clock.js'
import { seededRandom } from '../../twin/random.js'
import { SimulatedWaterMeter } from '../../twin/water-meter.js'

export const ID = '74493770'
export const KEY = '44E9112D06BD762EC2BFECE57E487C9B'

const RSSI = -60
const START = Date.UTC(2026, 0, 1)

/** Writes so many telegrams of a simulated FlowIQ 2101 as lines of rtl-wmbus, seven of eight of them compact. */
export function writeTelegrams(file: number, count: number): void {
  let now = 0
  let send = () => {}
  const clock = {
    now: () => now,
    set: (callback: () => void, ms: number) => {
      send = () => {
        now += ms
        callback()
      }
    },
    clear() {},
  } as unknown as Clock
  let lines: string[] = []
  new SimulatedWaterMeter({
    clock,
    random: seededRandom(1),
    id: ID,
    key: fromHex(KEY)!,
    send: (frame) => lines.push(rtlwmbusLine(frame, RSSI, new Date(START + now))),
  })
  for (let i = 0; i < count; i++) {
    send()
    if (lines.length < 1000 && i < count - 1) continue
    writeSync(file, `${lines.join('\n')}\n`)
    lines = []
  }
}
