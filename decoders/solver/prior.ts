import type { Kind } from './kinds.js'
import type { MeterGroup } from './vocabulary.js'

/** Weights of what the known headers say about "r stands right behind p". */
const NEIGHBOUR = 1
const NEXT_BUT_ONE = 0.08
const SOMEWHERE_BEHIND = 0.03
/** The same for records of the same meaning in another length. */
const MEANING = 0.15
/** The weight of the records alone, beside these. */
const NEW = 1.5
/** Of that, the weight of the end: the length of the data decides more about it than the records do. */
const END = 0.2
/** The weight of a record that no known header has, where one has weight 1. */
const UNSEEN = 0.1
/** How much of a record's weight comes from its parts. */
const PARTS = 0.5
/** Of the weight of what a record measures, the part that goes to each length. */
const ANY_LENGTH = 0.15
const OTHER_GROUP = 0.05

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
  const score = new Float64Array(width * width)
  const times = new Float64Array(count)
  const ofMeanings = new Map<string, number>()
  const meaningOf = (record: number) => kinds[record]?.meaning ?? ''

  for (const header of headers) {
    const weight = groupOfHeader(header) === group ? 1 : OTHER_GROUP
    // -1 is a record that such a meter does not send.
    const path = [count, ...header.map((template) => index.get(template) ?? -1), count]
    path.forEach((p, i) => {
      if (i > 0 && p >= 0 && p < count) times[p]! += weight
      if (p < 0) return
      for (let j = i + 1; j < path.length; j++) {
        const r = path[j]!
        if (r < 0 || (r === count && j > i + 2)) continue
        score[p * width + r]! += weight * (j === i + 1 ? NEIGHBOUR : j === i + 2 ? NEXT_BUT_ONE : SOMEWHERE_BEHIND)
        if (j === i + 1) add(ofMeanings, `${meaningOf(p)} > ${meaningOf(r)}`, weight)
      }
    })
  }

  const alone = weightsAlone(kinds, times)
  const members = new Map<string, number>()
  kinds.forEach(({ meaning }, r) => {
    add(members, meaning, alone[r]!)
  })
  const bits = new Float64Array(width * width)
  for (let p = 0; p < width; p++) {
    const row = Array.from({ length: width }, (_, r) => {
      const ofMeaning = ofMeanings.get(`${meaningOf(p)} > ${meaningOf(r)}`) ?? 0
      const share = r === count ? 1 : alone[r]! / members.get(meaningOf(r))!
      return score[p * width + r]! + MEANING * ofMeaning * share + NEW * (r === count ? END : (1 - END) * alone[r]!)
    })
    const sum = row.reduce((total, weight) => total + weight, 0)
    row.forEach((weight, r) => {
      bits[p * width + r] = -Math.log2(weight / sum)
    })
  }
  return bits
}

/**
 * How probable each record is, whatever stands before it. What a record measures, of which time and in which length says
 * something about records that no known header has.
 */
function weightsAlone(kinds: readonly Kind[], times: Float64Array): Float64Array {
  const all = times.reduce((sum, weight) => sum + weight, 0)
  const parts = kinds.map(({ quantity, aspect, size }) => [quantity, aspect, `${quantity} ${size}`])
  const sums = new Map<string, number>()
  kinds.forEach((_, r) => {
    for (const part of parts[r]!) add(sums, part, times[r]! + UNSEEN)
  })
  const ofParts = parts.map(([quantity = '', aspect = '', length = '']) => {
    return (sums.get(aspect)! * (sums.get(length)! + ANY_LENGTH * sums.get(quantity)!)) / all
  })
  const own = kinds.map((_, r) => times[r]! + UNSEEN)
  const total = (weights: readonly number[]) => weights.reduce((sum, weight) => sum + weight, 0)
  const [ownTotal, partsTotal] = [total(own), total(ofParts)]
  return Float64Array.from(own, (weight, r) => ((1 - PARTS) * weight) / ownTotal + (PARTS * ofParts[r]!) / partsTotal)
}

function add(map: Map<string, number>, key: string, weight: number): void {
  map.set(key, (map.get(key) ?? 0) + weight)
}

/** The group of the meters that send a header. */
function groupOfHeader(header: readonly string[]): MeterGroup {
  if (header.some((template) => /^0[46](2B|AB3C|j3C)$/.test(template))) return 'electricity'
  return header.some((template) => /j/i.test(template)) ? 'heat' : 'water'
}
