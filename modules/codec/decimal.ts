/**
 * The exact text of mantissa x 10^exponent. A negative exponent prints exactly that many decimals, nothing is
 * rounded or trimmed; a negative zero keeps its sign, as the meter sent it.
 * @param mantissa integer from 0 to 2^53 - 1
 */
export function decimalText(negative: boolean, mantissa: number, exponent: number): string {
  return digitsText(negative, String(mantissa), exponent)
}

/** The same for a mantissa of any length: digits without leading zeros. */
export function digitsText(negative: boolean, mantissa: string, exponent: number): string {
  let digits = mantissa
  if (exponent > 0 && digits !== '0') {
    digits += '0'.repeat(exponent)
  } else if (exponent < 0) {
    digits = digits.padStart(1 - exponent, '0')
    digits = `${digits.slice(0, exponent)}.${digits.slice(exponent)}`
  }
  return negative ? `-${digits}` : digits
}

/** The text of a whole number of the last decimal: -5 with 3 decimals is `-0.005`. */
export function amountText(amount: number, decimals: number): string {
  return decimalText(amount < 0, Math.abs(amount), -decimals)
}
