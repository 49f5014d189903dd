import { Duplex } from 'node:stream'

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
  return new BoundedConnection(connection)
}

class BoundedConnection extends Duplex {
  #connection: Duplex

  constructor(connection: Duplex) {
    super()
    this.#connection = connection
    const meter = new PacketMeter()
    connection.on('data', (bytes: Uint8Array) => {
      if (!meter.take(bytes)) this.destroy(new Error(`a packet of more than ${LONGEST_PACKET} bytes`))
      else if (!this.push(bytes)) connection.pause()
    })
    connection.once('end', () => this.push(null))
    connection.on('error', (error) => this.destroy(error))
    // What has come before the end is read first. To stay open for writing would hide the end until a ping is not answered.
    connection.once('close', () => {
      if (connection.readableEnded && !this.readableEnded) this.once('end', () => this.destroy())
      else this.destroy()
    })
  }

  override _read(): void {
    this.#connection.resume()
  }

  /** The MQTT libraries write a packet in six pieces, and cork the stream around them: what waits goes out at once. */
  override _writev(chunks: readonly { readonly chunk: Uint8Array }[], done: (error?: Error | null) => void): void {
    this.#connection.write(
      chunks.length === 1 ? chunks[0]!.chunk : Buffer.concat(chunks.map(({ chunk }) => chunk)),
      done,
    )
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#connection.end(done)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#connection.destroy()
    done(error)
  }
}
