import { hexDigits } from '../codec/hex.js'
import { failure, type Result, success } from '../codec/result.js'
import type { Quantity } from '../meters/meter.js'

export const STX = 0x02
export const ETX = 0x03

/** An `address(value)` pair, and a value that is a number with a unit. XS takes 400 bytes for each evaluation of a literal, so there is one. */
const SET = /^([0-9.*:]{1,16})\(([^()\r\n]{0,32})\)\s*/
const QUANTITY = /^0*([0-9]+(?:\.[0-9]+)?)\*([A-Za-z0-9]{1,4})$/

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
  if (customer === undefined || !/^[0-9]{1,12}$/.test(customer)) return failure('0.0: expected a customer number')
  const serial = customer.replace(/^0+/, '')
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
  const match = /^\/([\x20-\x7e]{1,32}?) *\r?\n/.exec(head.slice(head.lastIndexOf('/')))
  return match?.[1]
}

/** `address(value)` pairs up to the `!`. */
function parseSets(text: string): Result<(readonly [address: string, value: string])[]> {
  const end = text.indexOf('!')
  if (end < 0) return failure('block: expected ! at its end')
  const sets: (readonly [string, string])[] = []
  let rest = text.slice(0, end).trim()
  while (rest !== '') {
    const match = SET.exec(rest)
    if (match === null) return failure(`block: expected address(value), got ${JSON.stringify(rest.slice(0, 16))}`)
    sets.push([match[1]!, match[2]!])
    rest = rest.slice(match[0].length)
  }
  return success(sets)
}

/** The meter's own digits without leading zeros; undefined when the set holds no number with one of these units. */
function toQuantity(value: string | undefined, units: readonly string[]): Quantity | undefined {
  const match = value === undefined ? null : QUANTITY.exec(value)
  return match === null || !units.includes(match[2]!) ? undefined : { value: match[1]!, unit: match[2]! }
}

/** Whether the character is printable or belongs to a line end. One that came with wrong parity is neither. */
function isText(character: number): boolean {
  return (character >= 0x20 && character < 0x7f) || character === 0x0d || character === 0x0a
}

function characters(text: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...text.subarray(start, end))
}
