/** A release: numbers, and behind a hyphen the parts of one before it (semver.org, 2.0.0). */
const RELEASE = /^([0-9]+(?:\.[0-9]+)*)(?:-([0-9A-Za-z.-]+))?(?:\+.*)?$/

/**
 * Negative, zero or positive, as release `a` is before, the same as or after `b` (Semantic Versioning 2.0.0, 11). A text
 * that is no release comes before every one that is.
 */
export function compareReleases(a: string, b: string): number {
  const [left, right] = [RELEASE.exec(a), RELEASE.exec(b)]
  if (left === null || right === null) return Number(left !== null) - Number(right !== null)
  const order = compareParts(left[1]!.split('.'), right[1]!.split('.'))
  if (order !== 0) return order
  const [before, other] = [left[2], right[2]]
  if (before === undefined || other === undefined) return Number(before === undefined) - Number(other === undefined)
  return compareParts(before.split('.'), other.split('.'))
}

/** The first part that differs decides; else the longer list comes after. Numbers come before words. */
function compareParts(left: readonly string[], right: readonly string[]): number {
  for (let i = 0; i < left.length && i < right.length; i++) {
    const [one, other] = [left[i]!, right[i]!]
    if (one === other) continue
    const [isNumber, isOther] = [/^[0-9]+$/.test(one), /^[0-9]+$/.test(other)]
    if (isNumber !== isOther) return isNumber ? -1 : 1
    if (!isNumber) return one < other ? -1 : 1
    const order = Number(one) - Number(other)
    if (order !== 0) return order
  }
  return left.length - right.length
}
