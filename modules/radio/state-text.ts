import type { StateText } from './driver.js'

/** The text of a state's bits: names joined by blanks with the bits that have none as a number, or one of the texts. */
export function stateText(bits: number, text: StateText): string {
  if ('numbers' in text) return text.numbers[(bits >> text.shift) & 7]!
  return names(text.mask === undefined ? bits : bits & text.mask, text.flags) || text.none
}

function names(bits: number, flags: readonly string[]): string {
  const found: string[] = []
  let unknown = 0
  for (let bit = 0; bit < 32; bit++) {
    if (((bits >>> bit) & 1) === 0) continue
    const name = flags[bit]
    if (name) found.push(name)
    else unknown += 2 ** bit
  }
  if (unknown > 0) found.push(`ERROR_FLAGS_${unknown.toString(16).toUpperCase()}`)
  return found.join(' ')
}
