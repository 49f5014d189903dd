import { deepEqual, equal, match } from 'node:assert/strict'
import { examine, type Finding } from '../../tools/examine.js'
import { type LineFaults, SimulatedLine } from '../../twin/line.js'
import { SimulatedMultical } from '../../twin/multical.js'
import { SimulatedMultical66 } from '../../twin/multical66.js'
import { seededRandom } from '../../twin/random.js'
import { testClock } from '../support/clock.js'

type Attach = (line: SimulatedLine, clock: ReturnType<typeof testClock>) => void

async function findings(attach: Attach, faults: Partial<LineFaults> = {}): Promise<Finding[]> {
  const clock = testClock()
  const line = new SimulatedLine(clock, seededRandom(1))
  Object.assign(line.faults, faults)
  attach(line, clock)
  let result: Finding[] | undefined
  void examine(line, clock).then((value) => {
    result = value
  })
  await clock.run(60_000, () => result !== undefined)
  return result!
}

const kmp: Attach = (line, clock) => void new SimulatedMultical(line, clock, 1234567)
const mc66c: Attach = (line, clock) => void new SimulatedMultical66(line, clock, 60017, '66-C')
const mc66b: Attach = (line, clock) => void new SimulatedMultical66(line, clock, 60017, '66-B')

describe('the doctor', () => {
  it('finds every kind of meter', async () => {
    for (const [attach, expected] of [
      [kmp, ['1234567', undefined]],
      [mc66c, [undefined, '60017']],
      [mc66b, [undefined, '60017']],
    ] as const)
      deepEqual(
        (await findings(attach)).map(({ serial }) => serial),
        expected,
      )
  })

  it('says nothing of the silence in other protocols where it has found the meter', async () => {
    for (const [attach, faults, expected] of [
      [kmp, {}, []],
      [mc66c, {}, []],
      [kmp, { echo: true }, ['the line echoes what is sent, as an optical head does']],
    ] as const)
      for (const { remarks } of await findings(attach, faults)) deepEqual(remarks, expected)
  })

  it('finds a meter behind an optical head, and tells of its echo', async () => {
    for (const attach of [kmp, mc66c, mc66b]) {
      const found = (await findings(attach, { echo: true })).find((finding) => finding.found)
      deepEqual(found?.remarks, ['the line echoes what is sent, as an optical head does'])
    }
  })

  it('tells silence from an echo without a meter', async () => {
    const silent = await findings(() => {})
    for (const { found, remarks } of silent) {
      equal(found, false)
      deepEqual(remarks, ['silence: no meter, no power, or the lines are not connected'])
    }
    for (const { remarks } of await findings(() => {}, { echo: true })) match(remarks.join(), /nothing but the echo/)
  })

  it('tells of parity, checksums and noise', async () => {
    const [, en] = await findings(mc66c, { noise: 0.05 })
    match(en!.remarks.join('\n'), /characters came with wrong parity/)
    equal(en!.found, false)
    const [disturbed] = await findings(kmp, { noise: 0.08 })
    equal(disturbed!.found, false)
  })

  it('tells of an inverted line and of another speed', async () => {
    const answer =
      (bytes: number[], baud: number): Attach =>
      (line) =>
        line.attach({
          settings: { baud, stopBits: 2 },
          onBytes: () => line.send(Uint8Array.from(bytes), 100, { baud, stopBits: 2 }),
        })
    match((await findings(answer([0, 0, 0], 1200)))[0]!.remarks.join(), /inverted or held low/)
    match((await findings(answer([0x55, 0x12, 0x7f], 1200)))[0]!.remarks.join(), /makes no sense: another speed/)
  })
})
