import { Duplex, pipeline, Transform } from 'node:stream'

/** Nothing of ours comes near: a sample has 1 kB, a command half of one. */
export const LONGEST_PACKET = 65_536

/** Finds where packets begin in the bytes of an MQTT connection, and how long they are. */
class PacketMeter {
  /** Bytes of the present packet that are still to come. */
  #remaining = 0
  /** Bits of its length so far; undefined where the next byte is the first of a packet. */
  #shift: number | undefined

  /** Whether no packet that begins in these bytes, or goes on in them, is too long. */
  take(bytes: Uint8Array): boolean {
    for (let i = 0; i < bytes.length; ) {
      if (this.#shift === undefined && this.#remaining > 0) {
        const skipped = Math.min(this.#remaining, bytes.length - i)
        this.#remaining -= skipped
        i += skipped
        continue
      }
      const byte = bytes[i++]!
      if (this.#shift === undefined) {
        this.#shift = 0
        continue
      }
      this.#remaining |= (byte & 0x7f) << this.#shift
      this.#shift += 7
      if (this.#remaining > LONGEST_PACKET || (byte & 0x80 && this.#shift > 21)) return false
      if (!(byte & 0x80)) this.#shift = undefined
    }
    return true
  }
}

/**
 * A connection that ends as soon as the other side begins a packet of more than `LONGEST_PACKET` bytes. The parsers of the
 * MQTT libraries collect a packet of up to 256 MB before they look at it.
 */
export function bounded(connection: Duplex): Duplex {
  const meter = new PacketMeter()
  const readable = new Transform({
    transform(bytes: Uint8Array, _encoding, done) {
      if (meter.take(bytes)) done(null, bytes)
      else done(new Error(`a packet of more than ${LONGEST_PACKET} bytes`))
    },
  })
  pipeline(connection, readable, (error) => {
    if (error) connection.destroy()
  })
  const both = Duplex.from({ readable, writable: connection })
  // Else it stays open for writing, and whoever uses it hears of the end with the next ping that is not answered.
  readable.once('end', () => connection.once('close', () => both.destroy()))
  return both
}
