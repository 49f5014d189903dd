import { inSmallestUnit, QUANTITIES } from './quantities.js'

/** What the database keeps of a sample's text. */
export interface SampleValues {
  readonly program: string | undefined
  /** A value for each of `QUANTITIES`, in the smallest unit. */
  readonly values: readonly (bigint | undefined)[]
  /** The pairs, as they came, that no column holds exactly. */
  readonly other: string
}

/** Takes a sample apart, `key=value unit&` for each quantity. Nothing of it is lost, and nothing is rounded. */
export function sampleValues(text: string): SampleValues {
  const values: (bigint | undefined)[] = QUANTITIES.map(() => undefined)
  let program: string | undefined
  let other = ''
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const [, key = '', value = '', unit = ''] = /^([^=]*)=([^ ]*)(?: (.*))?$/s.exec(pair) ?? []
    if (key === 'program' && unit === '' && program === undefined) program = value
    else if (!keep(values, key, value, unit)) other += `${pair}&`
  }
  return { program, values, other }
}

/** Puts a value into the first column that is free and holds it exactly. */
function keep(values: (bigint | undefined)[], key: string, value: string, unit: string): boolean {
  for (const [index, quantity] of QUANTITIES.entries()) {
    if (quantity.key !== key || values[index] !== undefined) continue
    const exact = inSmallestUnit(quantity, value, unit)
    if (exact === undefined) continue
    values[index] = exact
    return true
  }
  return false
}
