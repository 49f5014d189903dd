import { equal, match } from 'node:assert/strict'
import { decodeReadout, ETX, STX } from '../modules/en61107/readout.js'
import {
  decodeStandardData,
  INSTANTANEOUS,
  programOf,
  STANDARD_1,
  STANDARD_2,
  scaleOf,
} from '../modules/en61107/standard-data.js'
import { withoutParity } from '../modules/meters/parity.js'

const HEAD = '/KAM MC\r\n\x02'

/** A block that passes has the checksum of its characters, and digits where digits belong. */
export default function en61107(bytes: Uint8Array): void {
  block(bytes)
  block(bytes.map(withoutParity))
  block(signed(bytes))
  for (const standard of [STANDARD_1, STANDARD_2, INSTANTANEOUS]) {
    const line = decodeStandardData(String.fromCharCode(...bytes), standard)
    if (!line.ok) continue
    line.value.forEach((register, i) => {
      equal(register.length, standard.widths[i])
      match(register, /^-?[0-9]+$/)
    })
    if (standard === STANDARD_2) {
      programOf(line.value)
      scaleOf(line.value)
    }
  }
}

function block(text: Uint8Array): void {
  const readout = decodeReadout(text)
  if (!readout.ok) return
  const start = text.indexOf(STX) + 1
  const end = text.indexOf(ETX, start)
  const sum = text.subarray(start, end + 1).reduce((total, character) => (total + character) & 0x7f, 0)
  equal(text[end + 1], sum)
  const { serial, energy, volume, hours } = readout.value
  match(serial, /^[1-9][0-9]{0,11}$/)
  for (const quantity of [energy, volume, hours])
    if (quantity !== undefined) match(quantity.value, /^(0|[1-9][0-9]*)(\.[0-9]+)?$/)
}

/** Makes the input the data of a block with the right checksum. */
function signed(bytes: Uint8Array): Uint8Array {
  const text = Uint8Array.from([...Buffer.from(HEAD), ...bytes.map((byte) => byte & 0x7f), 0x21, 13, 10, ETX, 0])
  const sum = text.subarray(HEAD.length, -1).reduce((total, character) => total + character, 0)
  text[text.length - 1] = sum & 0x7f
  return text
}
