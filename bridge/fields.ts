import { digitsText } from '../modules/codec/decimal.js'

/** A part of a text, `key=value unit`. */
export interface Field {
  /** The value; exact digits where it is a number. */
  readonly text: string
  /** What follows a number; undefined where nothing does. */
  readonly unit: string | undefined
  readonly isNumber: boolean
}

const NUMBER = /^(-?[0-9]{1,30}(?:\.[0-9]{1,30})?)(?: (.{1,32}))?$/

/** The `key=value` pairs of a text, which `&` separates. The last of two with the same key counts. */
export function fieldsOf(text: string): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>()
  for (const pair of text.split('&')) {
    const at = pair.indexOf('=')
    if (at <= 0) continue
    const value = pair.slice(at + 1)
    const [, digits, unit] = NUMBER.exec(value) ?? []
    fields.set(pair.slice(0, at), { text: digits ?? value, unit, isNumber: digits !== undefined })
  }
  return fields
}

/** A decimal number as JSON has it: the same digits, without zeros at its front. */
export function jsonNumber(text: string): string {
  return text.replace(/^(-?)0+(?=[0-9])/, '$1')
}

/** The exact decimal `value * factor * 10^exponent`. @param value decimal digits, with or without a sign and a point */
export function product(value: string, factor: bigint, exponent = 0): string {
  const isNegative = value.startsWith('-')
  const [whole = '', decimals = ''] = (isNegative ? value.slice(1) : value).split('.')
  return digitsText(isNegative, String(BigInt(whole + decimals) * factor), exponent - decimals.length)
}
