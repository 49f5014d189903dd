// node only
import { equal, ok } from 'node:assert/strict'
import en61107 from '../../fuzz/en61107.js'
import { agrees } from '../../modules/en61107/client.js'
import { decodeReadout } from '../../modules/en61107/readout.js'
import { decodeStandardData, STANDARD_1 } from '../../modules/en61107/standard-data.js'
import { INVALID, withEvenParity, withoutParity } from '../../modules/meters/parity.js'
import { seededRandom } from '../../twin/random.js'
import { parts } from '../support/parts.js'

const BLOCK = withEvenParity(
  '/KAM MC\r\n\x020.0(00000060017)\r\n6.8(0507.109*MWh)\r\n6.26(12966.26*m3)\r\n6.31(0032673*h)!\r\n\x03\x49',
)
const LINE = withEvenParity('0507109 1296626 0032673 0006811 0003366 0003445 0000031 0000079 0000093 0000000 ')
const FIRST = '0507109 1296626 0032673 0006811 0003366 0003445 0000031 0000079 0000093 0000000'.split(' ')
const SECOND = ['00000060017']
const INPUTS = 50_000

describe('the EN 61107 decoders', () => {
  for (const { part, name } of parts(20)) {
    it(`throw at none of ${INPUTS} mutated or random inputs and read nothing else out of them than the meter said, ${name}`, () => {
      const random = seededRandom(part)
      const below = (limit: number) => Math.floor(random() * limit)
      const truth = valuesOf(BLOCK)
      const line = lineOf(LINE)
      ok(truth !== '' && line !== '')
      const count = { block: 0, line: 0, wrong: 0, unit: 0 }
      for (let i = 0; i < INPUTS; i++) {
        const original = i % 2 === 0 ? BLOCK : LINE
        const bytes = i % 10 === 9 ? randomBytes(below) : disturbed(original, below)
        en61107(bytes)
        const block = valuesOf(bytes)
        const registers = lineOf(bytes)
        if (block !== '') count.block++
        if (registers !== '') count.line++
        if ((block !== '' && withoutUnits(block) !== withoutUnits(truth)) || (registers !== '' && registers !== line))
          count.wrong++
        else if (block !== '' && block !== truth) count.unit++
      }
      console.log(`      unharmed: ${count.block} blocks, ${count.line} lines; wrong: ${count.wrong}`)
      equal(count.wrong, 0)
      // Nothing but a checksum of 7 bits vouches for the units: an m3 can be an m3J.
      ok(count.unit <= 1, `${count.unit} wrong units`)
    })
  }
})

/** What a reading takes from a block: nothing that the standard data do not bear out. */
function valuesOf(bytes: Uint8Array): string {
  const readout = decodeReadout(bytes.map(withoutParity))
  if (!readout.ok || !agrees(readout.value, FIRST, SECOND)) return ''
  const { serial, energy, volume, hours } = readout.value
  return JSON.stringify([serial, energy, volume, hours])
}

function withoutUnits(values: string): string {
  return values.replace(/"unit":"[^"]*"/g, '')
}

function lineOf(bytes: Uint8Array): string {
  const registers = decodeStandardData(String.fromCharCode(...bytes.map(withoutParity)), STANDARD_1)
  return registers.ok ? registers.value.join() : ''
}

/** One bit of a character; of two, parity tells nothing. */
function flip(bytes: number[], at: number, bit: number): void {
  if (withoutParity(bytes[at]!) !== INVALID) bytes[at]! ^= 1 << bit
}

/**
 * What a line does to a reply: bits flip, the end is missing, and characters get lost or come in. Not both in one reply:
 * standard data have no checksum, and what is lost here and comes in there within one register nobody can notice.
 */
function disturbed(original: Uint8Array, below: (limit: number) => number): Uint8Array {
  const bytes = Array.from(original)
  const changes = 1 + below(4)
  const loses = below(2) === 0
  for (let i = 0; i < changes && bytes.length > 0; i++) {
    const at = below(bytes.length)
    const kind = below(5)
    if (kind < 2) flip(bytes, at, below(8))
    else if (kind === 2 && loses) bytes.length = at
    else if (loses) bytes.splice(at, 1 + below(4))
    else bytes.splice(at, 0, below(256))
  }
  return Uint8Array.from(bytes)
}

function randomBytes(below: (limit: number) => number): Uint8Array {
  return Uint8Array.from({ length: below(200) }, () => below(256))
}
