import { templatesOf } from '../decoders/solver/kinds.js'
import { type Solution, solve } from '../decoders/solver/solve.js'
import { groupOfHeader } from '../hosttest/solver/groups.js'
import { simulate } from '../hosttest/solver/simulated-meter.js'
import { fromHex } from '../modules/codec/hex.js'
import { KNOWN_HEADERS } from '../modules/radio/detect.js'
import { printTable } from './table.js'

/**
 * `tsx bench/solve.ts [all [SECONDS]]`: hides headers from the built-in table and finds them again from telegrams of a
 * simulated meter. It measures processor time, because a busy computer does not change that much.
 */
const SHORT = [0x61eb, 0xa8ed, 0xf1e7, 0xd7d6, 0xb34d]
const [which, seconds = '55'] = process.argv.slice(2)
const isAll = which === 'all'
const COUNTS = isAll ? [1, 2, 4, 8] : [1, 2]

function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function tell({ result, candidates }: Solution, hex: string, ms: number): string {
  const rank = candidates.findIndex(({ header }) => header === hex.toUpperCase())
  const found = candidates[rank]
  const place = found === undefined ? '' : ` ${rank === 0 ? '' : `(place ${rank + 1}) `}${found.odds.toPrecision(1)}`
  const name = result === 'solved' && rank !== 0 ? 'WRONG' : result
  return `${name}${place}, ${(ms / 1000).toFixed(1)} s`
}

const headers = KNOWN_HEADERS.filter(({ signature }) => isAll || SHORT.includes(signature))
printTable(
  'Headers hidden from the table, by telegrams: result, odds of the true header, processor time',
  ['', 'records', ...COUNTS.map(String)],
  headers.map((header) => {
    const cells = COUNTS.map((telegrams) => {
      const began = processorMs()
      const solution = solve(simulate(header.hex, { seed: 7 + telegrams, telegrams }), {
        group: groupOfHeader(header.hex),
        known: KNOWN_HEADERS.filter((known) => known !== header),
        now: processorMs,
        limitMs: 1000 * Number(seconds),
      })
      return tell(solution, header.hex, processorMs() - began)
    })
    const name = header.signature.toString(16).toUpperCase().padStart(4, '0')
    if (isAll) console.error(name, cells.join(' | '))
    return [name, templatesOf(fromHex(header.hex)!)!.length, ...cells]
  }),
)
console.log(`\n  at most ${(process.resourceUsage().maxRSS / 1000).toFixed(0)} MB`)
