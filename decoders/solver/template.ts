import { toHex } from '../../modules/codec/hex.js'

/** A record header with its unit taken out. */
export interface Template {
  readonly template: string
  /** In hexadecimal, without the bit that says that a VIFE follows; undefined where the record has no such unit. */
  readonly unit: string | undefined
}

const FIRST_VOLUME = 0x10
const LAST_VOLUME = 0x17
const EXTENSION = 0xfb

/** Takes the unit of energy or volume out of a record header. */
export function templateOf(header: Uint8Array): Template {
  let at = 0
  let isSubunit = false
  while (header[at]! & 0x80) isSubunit = (header[++at]! & 0x40) !== 0 || isSubunit
  at++
  const vif = header[at]!
  const isExtended = vif === EXTENSION && (header[at + 1]! & 0x76) === 0
  const code = isExtended ? header[at + 1]! & 0x7f : vif & 0x7f
  const hasUnit = isExtended || (vif !== EXTENSION && code <= LAST_VOLUME && (vif & 0x7f) === code)
  if (!hasUnit) return { template: text(header, 0, header.length), unit: undefined }
  const end = isExtended ? at + 2 : at + 1
  const letter = isExtended || code < FIRST_VOLUME ? 'J' : isSubunit ? 'W' : 'V'
  const isContinued = (header[end - 1]! & 0x80) !== 0
  const unit = code.toString(16).toUpperCase().padStart(2, '0')
  return {
    template: text(header, 0, at) + (isContinued ? letter.toLowerCase() : letter) + text(header, end, header.length),
    unit: isExtended ? `FB${unit}` : unit,
  }
}

function text(bytes: Uint8Array, start: number, end: number): string {
  return toHex(bytes, start, end).toUpperCase()
}
