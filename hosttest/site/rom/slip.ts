const [END, ESCAPE, ESCAPED_END, ESCAPED_ESCAPE] = [0xc0, 0xdb, 0xdc, 0xdd]

/** A packet as it goes over the line (RFC 1055, as the chip's ROM has it). */
export function slip(packet: Uint8Array): Uint8Array {
  const bytes = [...packet].flatMap((byte) =>
    byte === END ? [ESCAPE, ESCAPED_END] : byte === ESCAPE ? [ESCAPE, ESCAPED_ESCAPE] : [byte],
  )
  return Uint8Array.from([END, ...bytes, END])
}

/** Packets out of the bytes of a line. What stands outside of packets is passed over. */
export class SlipReader {
  #packet: number[] | undefined
  #isEscaped = false

  read(bytes: Uint8Array): Uint8Array[] {
    const packets: Uint8Array[] = []
    for (const byte of bytes) {
      if (byte === END) {
        if (this.#packet !== undefined && this.#packet.length > 0) {
          packets.push(Uint8Array.from(this.#packet))
          this.#packet = undefined
        } else this.#packet = []
      } else if (this.#packet === undefined) continue
      else if (this.#isEscaped) {
        this.#packet.push(byte === ESCAPED_END ? END : ESCAPE)
        this.#isEscaped = false
      } else if (byte === ESCAPE) this.#isEscaped = true
      else this.#packet.push(byte)
    }
    return packets
  }
}
