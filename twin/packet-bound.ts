import { Duplex } from 'node:stream'

/** Nothing of ours comes near: a sample has 1 kB, a command half of one. */
export const LONGEST_PACKET = 65_536

const PUBLISH = 3

/** What of a connection's bytes goes on: all of them, but of a PUBLISH that is too long at most its topic and its number. */
class PacketMeter {
  #shortens: boolean
  /** Bytes of the present packet that are still to come. */
  #remaining = 0
  /** First byte and length of a packet, as far as they have come. */
  #head: number[] = []
  /** How many of them came in bytes before, and wait. */
  #held = 0
  #short: ShortPublish | undefined

  constructor(shortens: boolean) {
    this.#shortens = shortens
  }

  /** @returns undefined where a packet begins in these bytes that is too long to go on */
  take(bytes: Uint8Array): readonly Uint8Array[] | undefined {
    const pieces: Uint8Array[] = []
    /** The first byte that may still go on. */
    let from = 0
    const passUntil = (to: number) => {
      if (to > from) pieces.push(bytes.subarray(from, to))
    }
    for (let i = 0; i < bytes.length; ) {
      if (this.#remaining > 0) {
        const end = i + Math.min(this.#remaining, bytes.length - i)
        this.#remaining -= end - i
        this.#short?.take(bytes.subarray(i, end))
        i = end
      } else {
        this.#head.push(bytes[i++]!)
        const length = lengthIn(this.#head)
        if (length === undefined) continue
        if (length <= LONGEST_PACKET) {
          if (this.#held > 0) pieces.push(Uint8Array.from(this.#head.slice(0, this.#held)))
        } else {
          if (length === Infinity || !this.#shortens || this.#head[0]! >> 4 !== PUBLISH) return undefined
          passUntil(i - (this.#head.length - this.#held))
          this.#short = new ShortPublish(this.#head[0]!)
        }
        this.#remaining = length
        this.#head = []
        this.#held = 0
      }
      if (this.#short === undefined) continue
      from = i
      if (this.#remaining > 0) continue
      pieces.push(this.#short.packet)
      this.#short = undefined
    }
    passUntil(bytes.length - (this.#head.length - this.#held))
    this.#held = this.#head.length
    return pieces
  }
}

/** The length that the head of a packet says, once it has come; infinite where no head is so long. */
function lengthIn(head: readonly number[]): number | undefined {
  if (head.length < 2 || (head.at(-1)! & 0x80 && head.length < 5)) return undefined
  if (head.at(-1)! & 0x80) return Infinity
  return head.slice(1).reduce((length, byte, i) => length | ((byte & 0x7f) << (7 * i)), 0)
}

/** A PUBLISH of MQTT 3.1.1 without its payload. */
class ShortPublish {
  #first: number
  #bytes: number[] = []

  /** @param first its first byte, which has its QoS */
  constructor(first: number) {
    this.#first = first
  }

  take(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length && this.#bytes.length < this.#needed; i++) this.#bytes.push(bytes[i]!)
  }

  get packet(): Uint8Array {
    const { length } = this.#bytes
    const lengths = [(length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14]
    return Uint8Array.from([this.#first, ...lengths, ...this.#bytes])
  }

  /** Bytes of its topic and its number; of their length, where that is not there yet. */
  get #needed(): number {
    const [high, low] = this.#bytes
    return high === undefined || low === undefined ? 2 : 2 + (high << 8) + low + ((this.#first & 0x06) === 0 ? 0 : 2)
  }
}

/**
 * A connection that ends as soon as the other side begins a packet of more than `LONGEST_PACKET` bytes. The parsers of the
 * MQTT libraries collect a packet of up to 256 MB before they look at it.
 * @param shortens a PUBLISH of MQTT 3.1.1 that is too long comes without its payload instead: a broker would send it again after
 * each connection, until it is acknowledged
 */
export function bounded(connection: Duplex, shortens = false): Duplex {
  return new BoundedConnection(connection, shortens)
}

class BoundedConnection extends Duplex {
  #connection: Duplex

  constructor(connection: Duplex, shortens: boolean) {
    super()
    this.#connection = connection
    const meter = new PacketMeter(shortens)
    connection.on('data', (bytes: Uint8Array) => {
      const pieces = meter.take(bytes)
      if (pieces === undefined) return void this.destroy(new Error(`a packet of more than ${LONGEST_PACKET} bytes`))
      for (const piece of pieces) if (!this.push(piece)) connection.pause()
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
