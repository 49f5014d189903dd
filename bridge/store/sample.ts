import { inSmallestUnit, QUANTITIES } from './quantities.js'

/** What the database keeps of a sample's text. */
export interface SampleValues {
  readonly program: string | undefined
  /** For each of `QUANTITIES` the digits of its integer, in the smallest unit. */
  readonly values: readonly (string | undefined)[]
  /** The pairs, as they came, that no column holds exactly. */
  readonly other: string
}

/** Takes a sample apart, `key=value unit&` for each quantity. Nothing of it is lost, and nothing is rounded. */
export function sampleValues(text: string): SampleValues {
  const values: (string | undefined)[] = QUANTITIES.map(() => undefined)
  let program: string | undefined
  let other = ''
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const blank = pair.indexOf(' ', equals)
    const key = pair.slice(0, Math.max(equals, 0))
    const value = pair.slice(equals + 1, blank === -1 ? undefined : blank)
    const unit = blank === -1 ? '' : pair.slice(blank + 1)
    if (key === 'program' && unit === '' && program === undefined) program = value
    else if (!keep(values, key, value, unit)) other += `${pair}&`
  }
  return { program, values, other }
}

/** Puts a value into the first column that is free and holds it exactly. */
function keep(values: (string | undefined)[], key: string, value: string, unit: string): boolean {
  for (const [index, quantity] of QUANTITIES.entries()) {
    if (quantity.key !== key || values[index] !== undefined) continue
    const exact = inSmallestUnit(quantity, value, unit)
    if (exact === undefined) continue
    values[index] = exact
    return true
  }
  return false
}
