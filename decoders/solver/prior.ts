import type { Kind } from './kinds.js'
import type { MeterGroup } from './vocabulary.js'

/** Weights of what the known headers say about "r stands right behind p". */
const NEIGHBOUR = 1
const NEXT_BUT_ONE = 0.15
const SOMEWHERE_BEHIND = 0.05
const CLASS = 0.35
/** The weight of the records alone, beside these. */
const NEW = 0.9
/** The weight of a record that no known header has, where one has weight 1. */
const UNSEEN = 0.12
const OTHER_GROUP = 0.25

/**
 * The bits of each record behind each: `bits[p * (count + 1) + r]`. Row `count` is the beginning of the header, column
 * `count` its end.
 */
export function orderBits(
  kinds: readonly Kind[],
  headers: readonly (readonly string[])[],
  group: MeterGroup,
): Float64Array {
  const count = kinds.length
  const width = count + 1
  const index = new Map(kinds.map(({ template }, i) => [template, i]))
  const classes = [...new Set(kinds.map(({ group }) => group))]
  const classOfKind = [...kinds.map((kind) => classes.indexOf(kind.group)), classes.length]
  const score = new Float64Array(width * width)
  const classScore = new Float64Array((classes.length + 1) ** 2)
  const own = new Float64Array(width).fill(UNSEEN, 0, count)

  for (const header of headers) {
    const weight = groupOfHeader(header) === group ? 1 : OTHER_GROUP
    // -1 is a record that such a meter does not send.
    const path = [count, ...header.map((template) => index.get(template) ?? -1), count]
    for (let i = 0; i < path.length - 1; i++) {
      const p = path[i]!
      if (i > 0 && p >= 0) own[p]! += weight
      if (p < 0) continue
      for (let j = i + 1; j < path.length; j++) {
        const r = path[j]!
        if (r < 0 || (j === path.length - 1 && j > i + 2)) continue
        const far = j === i + 1 ? NEIGHBOUR : j === i + 2 ? NEXT_BUT_ONE : SOMEWHERE_BEHIND
        score[p * width + r]! += weight * far
        if (j === i + 1) classScore[classOfKind[p]! * (classes.length + 1) + classOfKind[r]!]! += weight
      }
    }
  }
  const members = new Float64Array(classes.length + 1)
  for (let r = 0; r < count; r++) members[classOfKind[r]!]! += own[r]!
  members[classes.length] = 1
  const all = own.reduce((sum, weight) => sum + weight, 0)

  const bits = new Float64Array(width * width)
  for (let p = 0; p < width; p++) {
    const row = Array.from({ length: width }, (_, r) => {
      const fromClass = classScore[classOfKind[p]! * (classes.length + 1) + classOfKind[r]!]!
      const share = r === count ? 1 : own[r]! / members[classOfKind[r]!]!
      const alone = r === count ? 0.08 : (0.92 * own[r]!) / all
      return score[p * width + r]! + CLASS * fromClass * share + NEW * alone
    })
    const sum = row.reduce((total, weight) => total + weight, 0)
    for (let r = 0; r < width; r++) bits[p * width + r] = -Math.log2(row[r]! / sum)
  }
  return bits
}

/** The group of the meters that send a header. */
function groupOfHeader(header: readonly string[]): MeterGroup {
  if (header.some((template) => /^0[46](2B|AB3C|j3C)$/.test(template))) return 'electricity'
  return header.some((template) => /j/i.test(template)) ? 'heat' : 'water'
}
