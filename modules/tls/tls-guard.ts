import { alertText } from './alerts.js'
import type { PublicKey } from './certificate.js'
import { checkChain, type Trust } from './chain.js'
import { checkHello, checkKeyExchange, readChain, triple } from './messages.js'

const Content = Object.freeze({ changeCipherSpec: 20, alert: 21, handshake: 22, application: 23 } as const)

/** Bytes of plain text in one record, as the ClientHello asks for (RFC 6066, 4). */
export const FRAGMENT = 4096
/** Nonce and tag of AES-GCM beside them (RFC 5288, 3). */
const OVERHEAD = 8 + 16
const HEADER = 5
const TLS_1_2 = 0x0303

/** The handshake messages of a server (RFC 5246, 7.4), in their order. */
const Message = Object.freeze({
  hello: 2,
  certificate: 11,
  keyExchange: 12,
  certificateRequest: 13,
  helloDone: 14,
} as const)

type Expected = (typeof Message)[keyof typeof Message] | 'changeCipherSpec' | 'finished' | 'data'

/**
 * Stands between TCP and TLS and passes only whole records that can be right, one at a time. The SDK's TLS takes the messages
 * of a handshake in any order, goes on in plain text after an alert, and believes chains and key exchanges that nobody has
 * signed (docs/sdk-limits.md). So the guard, which sees all of a handshake that is not encrypted, decides about it:
 *
 * - TLS 1.2, ECDHE on P-256 with AES-GCM and nothing else; each message once and in its order, no alert before the end
 * - the broker's certificate leads to the trusted one, see `checkChain`
 * - the key exchange has a signature of the kind that the certificate's key makes
 * - records of 4 kB at most, and of nothing but data and alerts once the handshake is done
 *
 * That the signature of the key exchange is right, and that the broker has seen the same handshake, is checked by TLS itself.
 */
export class TlsGuard {
  /** Why the connection has to end. */
  fault: string | undefined
  #trust: Trust
  #expected: Expected = Message.hello
  #key: PublicKey | undefined
  #header = new Uint8Array(HEADER)
  #record: Uint8Array = this.#header
  #length = 0

  constructor(trust: Trust) {
    this.#trust = trust
  }

  /** Whether both sides have proved that they know the keys. */
  get isOpen(): boolean {
    return this.#expected === 'data'
  }

  /** Bytes that are still to come of the present record, or of its header. */
  get wanted(): number {
    return this.#record.length - this.#length
  }

  /** Takes `wanted` bytes or fewer. @returns the record when it is complete and may pass */
  take(bytes: Uint8Array): Uint8Array | undefined {
    this.#record.set(bytes, this.#length)
    this.#length += bytes.length
    if (this.wanted > 0 || this.fault !== undefined) return undefined
    if (this.#record === this.#header) {
      this.fault = this.#checkHeader()
      return undefined
    }
    const record = this.#record
    this.#record = this.#header
    this.#length = 0
    this.fault = this.#check(record[0]!, record.subarray(HEADER))
    return this.fault === undefined ? record : undefined
  }

  #checkHeader(): string | undefined {
    const [type, major, minor, high, low] = this.#header as unknown as [number, number, number, number, number]
    const length = (high << 8) | low
    if (major !== 3) return 'the broker does not speak TLS'
    if (((major << 8) | minor) !== TLS_1_2 && type !== Content.alert)
      return 'the broker speaks another version of TLS than 1.2'
    if (length === 0 || length > FRAGMENT + OVERHEAD)
      return `a record of ${length} bytes, of ${FRAGMENT + OVERHEAD} at most`
    this.#record = new Uint8Array(HEADER + length)
    this.#record.set(this.#header)
    return undefined
  }

  #check(type: number, content: Uint8Array): string | undefined {
    switch (this.#expected) {
      case 'data':
        if (type === Content.application || type === Content.alert) return undefined
        break
      case 'finished':
        if (type !== Content.handshake) break
        this.#expected = 'data'
        return undefined
      case 'changeCipherSpec':
        if (type !== Content.changeCipherSpec || content.length !== 1 || content[0] !== 1) break
        this.#expected = 'finished'
        return undefined
      default:
        if (type === Content.handshake) return this.#checkMessages(content)
    }
    if (type === Content.alert && !this.isOpen) return alertText(content.length === 2 ? content[1]! : -1)
    return `a record of type ${type} at the wrong time`
  }

  #checkMessages(content: Uint8Array): string | undefined {
    for (let at = 0; at < content.length; ) {
      const end = at + 4 + triple(content, at + 1)
      // The SDK takes no message that goes on in the next record (ssl_record.js).
      if (end > content.length)
        return 'a handshake message longer than its record; the chain of certificates may be too long'
      const fault = this.#checkMessage(content[at]!, content.subarray(at + 4, end))
      if (fault !== undefined) return fault
      at = end
    }
    return undefined
  }

  #checkMessage(type: number, body: Uint8Array): string | undefined {
    if (type === Message.certificateRequest) return 'the broker asks for a certificate of the device, which has none'
    if (type !== this.#expected) return `handshake message ${type} at the wrong time`
    switch (type) {
      case Message.hello:
        this.#expected = Message.certificate
        return checkHello(body)
      case Message.certificate: {
        this.#expected = Message.keyExchange
        const chain = readChain(body)
        const checked = chain.ok ? checkChain(chain.value, this.#trust) : chain
        if (!checked.ok) return checked.error
        this.#key = checked.value
        return undefined
      }
      case Message.keyExchange:
        this.#expected = Message.helloDone
        return checkKeyExchange(body, this.#key!)
      default:
        this.#expected = 'changeCipherSpec'
        return body.length === 0 ? undefined : 'ServerHelloDone is not empty'
    }
  }
}
