import { updateCrc } from '../../modules/codec/crc16-en13757.js'

const BYTE = 256
/** Entries of one power: the register's lower byte, then its upper byte. */
export const POWER = 2 * BYTE
/** The longest header and value together. */
const LONGEST = 24

/**
 * A register after so many zero bytes, and before them. The checksum is affine: a register after any bytes is the
 * register after as many zeros, XOR the checksum of these bytes from register 0.
 */
export class RegisterPowers {
  readonly forward = new Uint16Array(LONGEST * POWER)
  readonly backward = new Uint16Array(LONGEST * POWER)

  constructor() {
    const zero = new Uint8Array(1)
    const before = new Uint16Array(65_536)
    for (let register = 0; register < 65_536; register++) before[updateCrc(register, zero, 0, 1)] = register
    for (let byte = 0; byte < POWER; byte++) {
      const register = byte < BYTE ? byte : (byte - BYTE) << 8
      let ahead = register
      let back = register
      for (let count = 0; count < LONGEST; count++) {
        this.forward[count * POWER + byte] = ahead
        this.backward[count * POWER + byte] = back
        ahead = updateCrc(ahead, zero, 0, 1)
        back = before[back]!
      }
    }
  }
}
