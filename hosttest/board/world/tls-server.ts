import { fromHex } from '../../../modules/codec/hex.js'
import type { Accept } from './network.js'
import type { Arrival, End, EndEvents } from './tcp-wire.js'

const HANDSHAKE = 22
const CHANGE = 20
const ALERT = 21
const DATA = 23
const OVERHEAD = 8

/** What the stand-in of the SDK's TLS speaks, on the broker's side: the form of TLS 1.2 without its keys. */
export class TlsServer {
  /** Its certificate and those above it, DER in hex. */
  chain: readonly string[] = []
  /** What it sends in place of the handshake's messages, in hex; nothing for those. */
  instead: string | undefined
  /** Records with data that came before the handshake was done. */
  inPlain = 0
  /** Handshakes that were done. */
  opened = 0
  /** Called with what is in a record with data. */
  onRecord: (content: Uint8Array) => void = () => {}

  /** Stands before what takes plain connections. */
  before(accept: Accept): Accept {
    return (end) => this.#accept(end, accept)
  }

  #accept(end: End, accept: Accept): Arrival {
    let held = new Uint8Array(0)
    let isOpen = false
    let inner: EndEvents | undefined
    const plain = {
      write: (bytes: Uint8Array) => end.write(sealed(DATA, bytes)),
      output: () => end.output(),
      consume() {},
      close: () => end.close(),
    }
    const take = (record: Uint8Array) => {
      const type = record[0]
      if (type === HANDSHAKE && record[5] === 1) for (const one of this.#flight()) end.write(one)
      else if (type === CHANGE) end.write(recordOf(CHANGE, [1]))
      else if (type === HANDSHAKE && record[5] !== 16) {
        end.write(sealed(HANDSHAKE, Uint8Array.of(20, 0, 0, 12, ...new Uint8Array(12))))
        isOpen = true
        this.opened++
        inner = accept(plain as unknown as End) as EndEvents
        inner.onConnected?.()
      } else if (type === DATA && !isOpen) this.inPlain++
      else if (type === DATA) {
        const content = record.slice(5 + OVERHEAD, -16)
        this.onRecord(content)
        inner?.onData(content)
      }
      end.output()
    }
    return {
      onData: (bytes) => {
        end.consume(bytes.length)
        const joined = new Uint8Array(held.length + bytes.length)
        joined.set(held)
        joined.set(bytes, held.length)
        held = joined
        for (;;) {
          const length = held.length < 5 ? Number.POSITIVE_INFINITY : 5 + ((held[3]! << 8) | held[4]!)
          if (held.length < length) return true
          const one = held.slice(0, length)
          held = held.slice(length)
          take(one)
        }
      },
      onFin: () => (inner === undefined ? end.close() : inner.onFin()),
      onAbort: () => inner?.onAbort(),
    }
  }

  #flight(): readonly Uint8Array[] {
    if (this.instead !== undefined) return [fromHex(this.instead)!]
    const chain = this.chain.flatMap((hex) => [...length3(hex.length / 2), ...fromHex(hex)!])
    const point = new Uint8Array(64)
    const signature = [0x30, 6, 2, 1, 1, 2, 1, 1]
    return [
      message(2, [3, 3, ...new Uint8Array(32), 0, 0xc0, 0x2b, 0]),
      message(11, [...length3(chain.length), ...chain]),
      message(12, [3, 0, 23, 65, 4, ...point, 4, 3, 0, signature.length, ...signature]),
      message(14, []),
    ]
  }
}

/** Alert close_notify in plain text, in hex. */
export const CLOSE_NOTIFY = `${ALERT.toString(16)}030300020100`

function message(type: number, body: readonly number[]): Uint8Array {
  return recordOf(HANDSHAKE, [type, ...length3(body.length), ...body])
}

function recordOf(type: number, content: readonly number[]): Uint8Array {
  return Uint8Array.of(type, 3, 3, content.length >> 8, content.length & 255, ...content)
}

function length3(length: number): readonly number[] {
  return [length >> 16, (length >> 8) & 255, length & 255]
}

function sealed(type: number, content: Uint8Array): Uint8Array {
  let sum = 0
  for (const byte of content) sum = (sum + byte) & 255
  return recordOf(type, [...new Uint8Array(8), ...content, ...new Uint8Array(15), sum])
}
