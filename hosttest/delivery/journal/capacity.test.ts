// node only
import { equal, ok } from 'node:assert/strict'
import { Journal } from '../../../modules/delivery/journal/journal.js'
import { WallClock } from '../../../modules/time/wall-clock.js'
import { SimulatedFlash } from '../../../twin/flash.js'
import { Turns } from '../../support/clock.js'
import { promptJournal, START, timeOf } from '../../support/journal.js'

const LONGEST_SAMPLE =
  'heap=123456&program=12345678901&t1=123.45 C&t2=123.45 C&t3=123.45 C&tdif=123.45 K&flow1=123456 l/h&effect1=1234.5 kW&hr=123456 h&v1=123456.78 m3&e1=123456.789 MWh&'

function inOrder(times: readonly number[]): boolean {
  return times.every((time, i) => i === 0 || times[i - 1]! <= time)
}

describe('a partition of 768 kB', () => {
  const DAY = 1440
  const END = START + 33 * DAY * 60

  function fill(samples: number) {
    const flash = new SimulatedFlash({ sectors: 192 })
    const journal = promptJournal(flash, START)
    for (let i = 1; i <= samples; i++)
      ok(journal.append({ prefix: '/sample/v2/123456789012/', at: i * 60_000, text: LONGEST_SAMPLE }))
    return flash
  }

  it('holds the longest samples of a day and the hours of the month before', () => {
    const { journal, next } = promptJournal(fill(33 * DAY), END)
    journal.onConnected()
    const times: number[] = []
    for (let message = next(true); message !== undefined; message = next(true)) {
      times.push(timeOf(message.topic))
      journal.delivered()
    }
    ok(inOrder(times))
    const minutes = times.filter((time) => time > END - 86_400)
    equal(minutes.length, DAY)
    const hours = new Set(times.map((time) => Math.floor(time / 3600)))
    ok(hours.size >= 31 * 24, `${hours.size} hours`)
  })

  it('opens in small turns, and has found by then what was under way and what comes first', () => {
    const flash = fill(33 * DAY)
    const clock = new Turns()
    const wallClock = new WallClock(clock)
    wallClock.set(END * 1000)
    let isReady = false
    const journal = new Journal({
      flash,
      clock,
      wallClock,
      onReady() {
        isReady = true
      },
      onRefused() {},
    })
    let [reads, bytes, turns] = [0, 0, 0]
    const read = (work: () => void) => {
      flash.reads = 0
      flash.bytesRead = 0
      work()
      reads += flash.reads
      bytes += flash.bytesRead
      ok(flash.reads < 150 && flash.bytesRead < 2_048, `${flash.reads} reads, ${flash.bytesRead} bytes in one turn`)
    }
    for (; !isReady; turns++) read(() => clock.turn())
    ok(reads < 6_000 && bytes < 50_000 && turns < 150, `${reads} reads, ${bytes} bytes, ${turns} turns`)
    read(() => ok(journal.next(true) !== undefined))
  })

  it('would last for centuries', () => {
    const flash = fill(40 * DAY)
    const perYear = (Math.max(...flash.erases) / 40) * 365
    ok(perYear < 250, `${perYear} erases of a sector a year, of 100,000`)
  })
})
