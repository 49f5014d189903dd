import { formatASize } from '../modules/wmbus/any-frame.js'

/** C fields of frames that meters send (EN 13757-4): data, installation, access, alarm, replies. */
const C_FIELDS = [0x44, 0x46, 0x47, 0x48, 0x08, 0x18, 0x28, 0x38]
const SHORTEST = 11

/**
 * Whether bytes can be a frame: their number fits L, with or without checksums, and C and the manufacturer's letters are
 * what meters send.
 * @param mayBeCut whether fewer bytes than L says are a frame too
 */
export function isPlausible(bytes: Uint8Array, mayBeCut: boolean): boolean {
  const size = bytes[0]! + 1
  if (bytes.length < SHORTEST || size < SHORTEST || bytes.length > formatASize(size)) return false
  if (!mayBeCut && bytes.length < size - 2) return false
  const letters = bytes[2]! | (bytes[3]! << 8)
  return C_FIELDS.includes(bytes[1]!) && [letters & 31, (letters >> 5) & 31, (letters >> 10) & 31].every(isLetter)
}

function isLetter(five: number): boolean {
  return five >= 1 && five <= 26
}
