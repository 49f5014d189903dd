import type { QuantityName, Reading } from './meter.js'

/** The text of a sample: `key=value unit&` for each quantity that the reading has, in the order of `order`. */
export function sampleText(reading: Reading, freeHeap: number, order: readonly QuantityName[]): string {
  return `heap=${freeHeap}&${quantitiesText(reading, order)}`
}

/** The quantities of a sample without what is the device's. */
export function quantitiesText(reading: Reading, order: readonly QuantityName[]): string {
  let text = ''
  for (const name of order) {
    const quantity = reading.quantities[name]
    if (quantity === undefined) continue
    const { value, unit } = quantity
    // One call: a chain of sums would copy the text for each of them.
    text = unit === '' ? text.concat(name, '=', value, '&') : text.concat(name, '=', value, ' ', unit, '&')
  }
  return text
}
