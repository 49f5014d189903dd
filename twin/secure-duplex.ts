import { constants } from 'node:crypto'
import { createConnection, isIP } from 'node:net'
import { Duplex } from 'node:stream'
import { connect, type TLSSocket } from 'node:tls'
import type { Trust } from '../modules/tls/chain.js'
import { TlsGuard } from '../modules/tls/tls-guard.js'

/** TCP to the broker, of which only the records that the guard lets pass reach TLS. */
class GuardedTcp extends Duplex {
  #tcp
  #guard: TlsGuard

  constructor(port: number, trust: Trust, guard: TlsGuard) {
    super()
    this.#guard = guard
    this.#tcp = createConnection({ host: trust.host, port, noDelay: true })
    this.#tcp.on('connect', () => this.emit('connect'))
    this.#tcp.on('data', (bytes) => this.#onData(bytes))
    this.#tcp.on('error', (error) => this.destroy(error))
    this.#tcp.on('close', () => {
      this.destroy(this.#guard.isOpen ? undefined : new Error('the broker closed the connection during the handshake'))
    })
  }

  override _read(): void {}

  override _write(bytes: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#tcp.write(bytes, done)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#tcp.destroy()
    done(error)
  }

  #onData(bytes: Uint8Array): void {
    const guard = this.#guard
    for (let at = 0; at < bytes.length && !this.destroyed; ) {
      const end = Math.min(bytes.length, at + guard.wanted)
      const record = guard.take(bytes.subarray(at, end))
      if (guard.fault !== undefined) this.destroy(new Error(guard.fault))
      else if (record !== undefined) this.push(record)
      at = end
    }
  }
}

interface Connection {
  readonly tcp: Duplex
  readonly tls: TLSSocket
  readonly guard: TlsGuard
}

/**
 * A connection with TLS as a board's is: the same versions, suites and curve, and the same guard, which decides whom to trust.
 * Errors come as `error`, before `close`.
 */
export function connectAsBoard(port: number, trust: Trust): Connection {
  const guard = new TlsGuard(trust)
  const tcp = new GuardedTcp(port, trust, guard)
  const tls = connect({
    socket: tcp,
    servername: isIP(trust.host) === 0 ? trust.host : undefined,
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.2',
    ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256',
    ecdhCurve: 'prime256v1',
    sigalgs: 'ECDSA+SHA256:RSA+SHA256',
    secureOptions: constants.SSL_OP_NO_TICKET,
    rejectUnauthorized: false,
  })
  tcp.on('error', (error) => tls.destroy(error))
  return { tcp, tls, guard }
}
