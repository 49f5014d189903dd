import { isDigits, span } from '../codec/characters.js'

/** A release: numbers, and behind a hyphen the parts of one before it (semver.org, 2.0.0). */
interface Release {
  readonly numbers: readonly string[]
  readonly before: readonly string[] | undefined
}

/** Characters of what stands behind the numbers, in pairs for `span`. */
const WORDS = '09AZaz..--'

/**
 * Negative, zero or positive, as release `a` is before, the same as or after `b` (Semantic Versioning 2.0.0, 11). A text
 * that is no release comes before every one that is.
 */
export function compareReleases(a: string, b: string): number {
  const [left, right] = [parseRelease(a), parseRelease(b)]
  if (left === undefined || right === undefined) return Number(left !== undefined) - Number(right !== undefined)
  const order = compareParts(left.numbers, right.numbers)
  if (order !== 0) return order
  const [before, other] = [left.before, right.before]
  if (before === undefined || other === undefined) return Number(before === undefined) - Number(other === undefined)
  return compareParts(before, other)
}

/** Undefined for a text that is no release. Behind a `+` it may name its build. */
function parseRelease(text: string): Release | undefined {
  const hyphen = span(text, 0, '..09')
  const numbers = text.slice(0, hyphen).split('.')
  if (numbers.includes('')) return undefined
  const hasBefore = text[hyphen] === '-'
  const end = hasBefore ? hyphen + 1 + span(text, hyphen + 1, WORDS) : hyphen
  if (hasBefore && end === hyphen + 1) return undefined
  const hasBuild = text[end] === '+' && end + 1 < text.length
  if (end + (hasBuild ? 1 + span(text, end + 1, WORDS) : 0) !== text.length) return undefined
  return { numbers, before: hasBefore ? text.slice(hyphen + 1, end).split('.') : undefined }
}

/** The first part that differs decides; else the longer list comes after. Numbers come before words. */
function compareParts(left: readonly string[], right: readonly string[]): number {
  for (let i = 0; i < left.length && i < right.length; i++) {
    const [one, other] = [left[i]!, right[i]!]
    if (one === other) continue
    const [isNumber, isOther] = [isDigits(one), isDigits(other)]
    if (isNumber !== isOther) return isNumber ? -1 : 1
    if (!isNumber) return one < other ? -1 : 1
    const order = Number(one) - Number(other)
    if (order !== 0) return order
  }
  return left.length - right.length
}
