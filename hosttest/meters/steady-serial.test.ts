import { deepEqual } from 'node:assert/strict'
import { SteadySerial } from '../../modules/meters/steady-serial.js'

/** The serial numbers of the readings that count, at each of these readings. */
function taken(serials: readonly string[], known = ''): string[] {
  const steady = new SteadySerial()
  let name = known
  return serials.map((serial, i) => {
    const readings = steady.take({ serial, quantities: {} }, i, name)
    const last = readings.at(-1)
    if (last !== undefined) name = last.reading.serial
    return readings.map(({ reading, at }) => `${reading.serial}@${at}`).join(' ')
  })
}

describe('the serial number', () => {
  it('is taken at once by a device that has none', () => {
    deepEqual(taken(['1', '1']), ['1@0', '1@1'])
  })

  it('of another meter is taken at the third reading, and none of them is lost', () => {
    deepEqual(taken(['1', '2', '2', '2', '2'], '1'), ['1@0', '', '', '2@1 2@2 2@3', '2@4'])
  })

  it('may change again, for a meter may be exchanged twice', () => {
    deepEqual(taken(['2', '2', '2', '3', '3', '3', '3'], '1'), ['', '', '2@0 2@1 2@2', '', '', '3@3 3@4 3@5', '3@6'])
  })

  it('that comes once or twice is not taken', () => {
    deepEqual(taken(['1', '2', '1', '2', '2', '1'], '1'), ['1@0', '', '1@2', '', '', '1@5'])
  })

  it('settles where two meters answer in turns', () => {
    const names = taken(
      Array.from({ length: 40 }, (_, i) => String(1 + (i % 2))),
      '1',
    )
    deepEqual(new Set(names.filter((_, i) => i % 2 === 1)), new Set(['']))
  })

  it('that is another one each time is never taken', () => {
    const names = taken(
      Array.from({ length: 40 }, (_, i) => String(100 + i)),
      '1',
    )
    deepEqual(new Set(names), new Set(['']))
  })
})
