import { decodeUtf8, encodeUtf8 } from '../../../modules/codec/utf8.js'

/** A control packet: type, flags of the fixed header, and what comes after the remaining length. */
export interface Packet {
  readonly type: number
  readonly flags: number
  readonly body: Uint8Array
}

/** Takes MQTT packets out of a stream of bytes. */
export class PacketStream {
  #bytes = new Uint8Array(0)

  /** The packets that are complete now. */
  take(bytes: Uint8Array): Packet[] {
    this.#bytes = concat(this.#bytes, bytes)
    const packets: Packet[] = []
    for (;;) {
      const packet = this.#next()
      if (packet === undefined) return packets
      packets.push(packet)
    }
  }

  #next(): Packet | undefined {
    const bytes = this.#bytes
    let length = 0
    let at = 1
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]
      if (byte === undefined) return undefined
      length |= (byte & 0x7f) << shift
      if ((byte & 0x80) === 0) break
    }
    if (bytes.length < at + length) return undefined
    this.#bytes = bytes.slice(at + length)
    return { type: bytes[0]! >> 4, flags: bytes[0]! & 15, body: bytes.slice(at, at + length) }
  }
}

/** Reads the fields of a packet's body one after the other. */
export class Fields {
  #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get hasMore(): boolean {
    return this.#at < this.#bytes.length
  }

  byte(): number {
    return this.#bytes[this.#at++]!
  }

  word(): number {
    return (this.byte() << 8) | this.byte()
  }

  bytes(): Uint8Array {
    const length = this.word()
    this.#at += length
    return this.#bytes.slice(this.#at - length, this.#at)
  }

  text(): string {
    return decodeUtf8(this.bytes())
  }

  rest(): Uint8Array {
    return this.#bytes.slice(this.#at)
  }
}

export function packet(type: number, flags: number, ...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const body = concat(...parts)
  const head = [(type << 4) | flags]
  for (let rest = body.length; ; ) {
    const low = rest & 0x7f
    rest >>= 7
    head.push(rest > 0 ? low | 0x80 : low)
    if (rest === 0) break
  }
  return concat(head, body)
}

export function text(value: string): Uint8Array {
  const bytes = encodeUtf8(value)
  return concat([bytes.length >> 8, bytes.length & 255], bytes)
}

export function concat(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
