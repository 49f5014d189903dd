import type { QuantityName, Reading } from '../ports/meter.js'

const HEAT: readonly QuantityName[] = Object.freeze([
  'program',
  't1',
  't2',
  't3',
  'tdif',
  'flow1',
  'effect1',
  'hr',
  'v1',
  'e1',
] as const)
const FLOW: readonly QuantityName[] = Object.freeze(['program', 'flow1', 'hr', 'v1'] as const)

/** The text of a sample: `key=value unit&` for each quantity there is, in the order the server's log readers know. */
export function sampleText(reading: Reading, freeHeap: number, flowMeter: boolean): string {
  let text = `heap=${freeHeap}&`
  for (const name of flowMeter ? FLOW : HEAT) {
    const quantity = reading.quantities[name]
    if (quantity === undefined) continue
    text += quantity.unit === '' ? `${name}=${quantity.value}&` : `${name}=${quantity.value} ${quantity.unit}&`
  }
  return text
}
