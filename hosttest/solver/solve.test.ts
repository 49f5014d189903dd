import { deepEqual, equal, ok } from 'node:assert/strict'
import type { Compact } from '../../decoders/solver/compact.js'
import { MOST_ODDS, type Solution, type SolveOptions, solve } from '../../decoders/solver/solve.js'
import { groupOf } from '../../decoders/solver/vocabulary.js'
import { toHex } from '../../modules/codec/hex.js'
import { KNOWN_HEADERS } from '../../modules/radio/detect.js'
import { compactIn, PUBLIC_TELEGRAMS } from './public-telegrams.js'
import { simulate } from './simulated-meter.js'

/** A header of the built-in table, hidden from it: the solver learns from all the others. */
function hidden(signature: number) {
  const header = KNOWN_HEADERS.find((known) => known.signature === signature)!
  return { hex: header.hex, known: KNOWN_HEADERS.filter((known) => known !== header) }
}

/** Passes a millisecond each time that somebody looks. */
function clock(): () => number {
  let now = 0
  return () => now++
}

/** Without a clock among the options, the search has all the time in the world. */
function solved(telegrams: readonly Compact[], options: Partial<SolveOptions>): Solution {
  return solve(telegrams, {
    group: 'water',
    known: KNOWN_HEADERS,
    now: () => 0,
    limitMs: 1,
    ...options,
  })
}

describe('solving a header', () => {
  for (const [signature, group] of [
    [0x61eb, 'water'],
    [0xa8ed, 'water'],
    [0xd2f7, 'water'],
    [0xc412, 'water'],
    [0xdd34, 'water'],
    [0x7c0e, 'water'],
    [0xf1e7, 'heat'],
    [0xd7d6, 'heat'],
    [0x7869, 'heat'],
  ] as const) {
    it(`finds ${signature.toString(16)}, from one telegram and from two`, () => {
      const { hex, known } = hidden(signature)
      for (const telegrams of [1, 2]) {
        const { result, candidates } = solved(simulate(hex, { seed: telegrams, telegrams }), { group, known })
        deepEqual([result, candidates[0]!.header], ['solved', hex.toUpperCase()])
        ok(candidates[0]!.odds < 0.0001)
      }
    })
  }

  it('does not count telegrams whose data were heard before', () => {
    const { hex, known } = hidden(0x61eb)
    const [first] = simulate(hex, { seed: 3, telegrams: 1 })
    const { telegrams, result } = solved([first!, first!, { ...first!, data: first!.data.slice() }], { known })
    deepEqual([telegrams, result], [1, 'solved'])
  })

  it('finds the header of zeros, whose order only the checksums know', () => {
    const { hex, known } = hidden(0x61eb)
    const telegram = simulate(hex, { seed: 3, telegrams: 1, isZero: true })
    equal(solved(telegram, { known }).candidates[0]!.header, hex.toUpperCase())
  })

  it('says nothing of a header whose records no vocabulary has', () => {
    const telegrams = simulate('02ff20047a04134413615b', { seed: 1, telegrams: 3 })
    const { result, candidates } = solved(telegrams, { now: clock(), limitMs: 100 })
    deepEqual([result, candidates], ['unsolved', []])
  })

  it('claims nothing where as probable headers may well agree by chance', () => {
    // The first records of FlowIQ 2101, then an order that no meter is known to have.
    const telegrams = simulate('04ff2344138101e7ff0f067804136167', { seed: 2, telegrams: 1 })
    const { result, candidates } = solved(telegrams, { now: clock(), limitMs: 100 })
    equal(result === 'solved', false)
    for (const { odds } of candidates) ok(odds > MOST_ODDS)
  })

  it('takes headers that say the same for one answer', () => {
    const { hex, known } = hidden(0x61eb)
    const { candidates } = solved(simulate(hex, { seed: 1, telegrams: 2 }), { known, meaningOf: () => '' })
    equal(candidates.length, 1)
  })

  it('says why where there is nothing to search', () => {
    const { signature, dataCrc } = simulate(hidden(0x61eb).hex, { seed: 1, telegrams: 1 })[0]!
    equal(solved([], {}).problem, 'no-data')
    equal(solved([{ signature, dataCrc, data: new Uint8Array() }], {}).problem, 'no-data')
  })

  it('stops when the time is over', () => {
    const { hex, known } = hidden(0xa9f3)
    const { isLate, result } = solved(simulate(hex, { seed: 1, telegrams: 2 }), {
      known,
      limitMs: 100,
      now: clock(),
    })
    deepEqual([isLate, result], [true, 'unsolved'])
  })

  it('tells how far it is', () => {
    const { hex, known } = hidden(0x61eb)
    const seen: number[] = []
    solved(simulate(hex, { seed: 1, telegrams: 2 }), { known, onProgress: ({ bits }) => seen.push(bits) })
    ok(seen.length > 0)
    deepEqual(
      seen,
      [...seen].sort((a, b) => a - b),
    )
  })

  it('leaves its input as it is', () => {
    const { hex, known } = hidden(0x61eb)
    const telegrams = simulate(hex, { seed: 1, telegrams: 2 })
    const before = telegrams.map(({ data }) => toHex(data))
    solved(telegrams, { known })
    deepEqual(
      telegrams.map(({ data }) => toHex(data)),
      before,
    )
  })

  for (const { signature, type, compacts, header } of PUBLIC_TELEGRAMS.filter(({ isQuick }) => isQuick)) {
    it(`finds the header of public telegrams of ${signature}`, () => {
      const known = KNOWN_HEADERS.filter(({ hex }) => hex !== header.toLowerCase())
      const { result, candidates } = solved(compacts.map(compactIn), { group: groupOf(type), known })
      deepEqual([result, candidates[0]!.header], ['solved', header])
    })
  }
})
