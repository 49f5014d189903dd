import { isDigits, span } from '../codec/characters.js'
import { hexDigits } from '../codec/hex.js'
import { failure, type Result, success } from '../codec/result.js'
import type { Quantity } from '../meters/meter.js'

export const STX = 0x02
export const ETX = 0x03

/** Characters of an address, and the most of it, of a value and of an identification. */
const ADDRESS = '09..**::'
const MAX_ADDRESS = 16
const MAX_VALUE = 32
const MAX_IDENT = 32

/** The units that a MULTICAL 66 can be programmed for. The sum of seven bits lets a damaged one through. */
const ENERGY = Object.freeze(['kWh', 'MWh', 'GJ', 'Gcal'])
const VOLUME = Object.freeze(['m3'])
const HOURS = Object.freeze(['h'])

/** The content of a MULTICAL 66's data block. */
export interface Readout {
  /** Meter type, the identification without `/` and line end. */
  readonly ident: string
  /** Customer number: digits without leading zeros. */
  readonly serial: string
  readonly energy: Quantity | undefined
  readonly volume: Quantity | undefined
  readonly hours: Quantity | undefined
}

/**
 * Identification line and data block (EN 61107, data readout): `/ident CR LF STX sets ! CR LF ETX BCC`, in 7-bit
 * characters. A 66-C sends each data set in a line of its own, a 66-B all in one line. The decoder passes over what comes
 * before the last `/`.
 */
export function decodeReadout(text: Uint8Array, length = text.length): Result<Readout> {
  const stx = text.subarray(0, length).indexOf(STX)
  if (stx < 0) return failure('block: expected STX')
  const etx = text.subarray(0, length).indexOf(ETX, stx)
  if (etx < 0 || etx + 1 >= length) return failure('block: expected ETX and a checksum')
  // These meters send a sum, not the exclusive or of the standard.
  let sum = 0
  for (let i = stx + 1; i <= etx; i++) sum += text[i]!
  if ((sum & 0x7f) !== text[etx + 1])
    return failure(`bcc: expected ${hexDigits(sum & 0x7f)}, got ${hexDigits(text[etx + 1]!)}`)

  for (let i = stx + 1; i < etx; i++)
    if (!isText(text[i]!)) return failure(`block: expected characters, got ${hexDigits(text[i]!)} at offset ${i}`)

  const ident = identOf(characters(text, 0, stx))
  if (ident === undefined) return failure('ident: expected / and printable characters')
  const sets = parseSets(characters(text, stx + 1, etx))
  if (!sets.ok) return sets
  const customer = sets.value.find(([address]) => address.startsWith('0'))?.[1]
  if (customer === undefined || !isDigits(customer, 12)) return failure('0.0: expected a customer number')
  const serial = customer.slice(span(customer, 0, '00'))
  if (serial === '') return failure('0.0: expected a customer number, got 0')
  const quantity = (wanted: string, units: readonly string[]) =>
    toQuantity(sets.value.find(([address]) => address === wanted)?.[1], units)
  return success({
    ident,
    serial,
    energy: quantity('6.8', ENERGY),
    volume: quantity('6.26', VOLUME),
    hours: quantity('6.31', HOURS),
  })
}

function identOf(head: string): string | undefined {
  const start = head.lastIndexOf('/') + 1
  const line = head.slice(start, start + span(head, start, ' ~'))
  const end = head.slice(start + line.length)
  if (start === 0 || line === '' || !(end.startsWith('\n') || end.startsWith('\r\n'))) return undefined
  // One blank is an identification, too.
  const ident = line.trimEnd() || ' '
  return ident.length > MAX_IDENT ? undefined : ident
}

/** `address(value)` pairs up to the `!`. */
function parseSets(text: string): Result<(readonly [address: string, value: string])[]> {
  const end = text.indexOf('!')
  if (end < 0) return failure('block: expected ! at its end')
  const sets: (readonly [string, string])[] = []
  let rest = text.slice(0, end).trim()
  while (rest !== '') {
    const open = span(rest, 0, ADDRESS)
    const close = rest.indexOf(')')
    const value = rest.slice(open + 1, close)
    const isSet = open > 0 && open <= MAX_ADDRESS && rest[open] === '(' && close > open && isValue(value)
    if (!isSet) return failure(`block: expected address(value), got ${JSON.stringify(rest.slice(0, 16))}`)
    sets.push([rest.slice(0, open), value])
    rest = rest.slice(close + 1).trimStart()
  }
  return success(sets)
}

/** The meter's own digits without leading zeros; undefined when the set holds no number with one of these units. */
function toQuantity(value: string | undefined, units: readonly string[]): Quantity | undefined {
  const [number = '', unit = '', ...others] = value?.split('*', 3) ?? []
  const [whole = '', decimals, ...more] = number.split('.', 3)
  if (!units.includes(unit) || others.length > 0 || !isDigits(whole) || more.length > 0) return undefined
  const ofWhole = whole.slice(Math.min(span(whole, 0, '00'), whole.length - 1))
  if (decimals === undefined) return { value: ofWhole, unit }
  return isDigits(decimals) ? { value: `${ofWhole}.${decimals}`, unit } : undefined
}

function isValue(text: string): boolean {
  return text.length <= MAX_VALUE && !text.includes('(') && !text.includes('\r') && !text.includes('\n')
}

/** Whether the character is printable or belongs to a line end. One that came with wrong parity is neither. */
function isText(character: number): boolean {
  return (character >= 0x20 && character < 0x7f) || character === 0x0d || character === 0x0a
}

function characters(text: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...text.subarray(start, end))
}
