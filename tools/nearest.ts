/** Most letters that somebody gets wrong in a name that is meant. */
const MOST_WRONG = 2

/** The name that somebody has meant, of those that differ in at most two letters; undefined where there is none. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  const found = names
    .map((name) => ({ name, wrong: distance(typed.toLowerCase(), name) }))
    .filter(({ name, wrong }) => wrong <= MOST_WRONG && wrong < name.length / 2)
    .sort((a, b) => a.wrong - b.wrong)
  return found[0]?.name
}

/** How many letters have to be put in, taken out, changed, or exchanged with the next one, to make one of the other. */
function distance(one: string, other: string): number {
  let before: number[] = []
  let last = Array.from({ length: other.length + 1 }, (_, i) => i)
  for (let i = 1; i <= one.length; i++) {
    const row = [i]
    for (let j = 1; j <= other.length; j++) {
      const isSame = one[i - 1] === other[j - 1]
      row[j] = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (isSame ? 0 : 1))
      const isExchanged = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
      if (isExchanged) row[j] = Math.min(row[j]!, before[j - 2]! + 1)
    }
    before = last
    last = row
  }
  return last.at(-1)!
}
