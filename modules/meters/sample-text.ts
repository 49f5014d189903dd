import type { Flags } from '../app/flags.js'
import type { QuantityName, Reading } from './meter.js'

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

const IMPULSE_HEAT: readonly QuantityName[] = Object.freeze(['effect1', 'e1', 'hr'] as const)
const IMPULSE_FLOW: readonly QuantityName[] = Object.freeze(['flow1', 'v1', 'hr'] as const)

/** A radio meter tells what it has, of water or of heat. */
export const RADIO_ORDER = HEAT

/** Which quantities a build tells, in which order. */
export function sampleOrder({ meter, flowMeter }: Pick<Flags, 'meter' | 'flowMeter'>): readonly QuantityName[] {
  if (meter === 'impulse') return flowMeter ? IMPULSE_FLOW : IMPULSE_HEAT
  return flowMeter ? FLOW : HEAT
}

/** The text of a sample: `key=value unit&` for each quantity there is, in this order. */
export function sampleText(reading: Reading, freeHeap: number, order: readonly QuantityName[]): string {
  let text = `heap=${freeHeap}&`
  for (const name of order) {
    const quantity = reading.quantities[name]
    if (quantity === undefined) continue
    const { value, unit } = quantity
    // At once: every sum in between would be a copy.
    text = unit === '' ? text.concat(name, '=', value, '&') : text.concat(name, '=', value, ' ', unit, '&')
  }
  return text
}
