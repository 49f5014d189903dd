/// <reference path="../../typings/tls.d.ts" />
import TLSSocket from 'embedded:io/socket/tcp/tls'
import type { Machine } from 'device/machine'
import RNG from 'rng'
import { FRAGMENT, TlsGuard } from '../tls/tls-guard.js'
import type { LowerEvents, LowerSocket, OpenTls, TlsPeer } from './lower-socket.js'
import { RecordSocket, type RecordSource } from './tls-records.js'
import { tlsVerifier } from './tls-verifier.js'

/** Words of 32 bits that the SDK's generator is seeded with for each connection; by itself it seeds once, with 16 bytes (rng.c:82). */
const SEED = 8

/** TLS 1.2 with the SDK's code under a guard. */
export function openTls(machine: Machine): OpenTls {
  return (events, peer) => {
    const seed = new Uint32Array(SEED)
    for (let i = 0; i < SEED; i++) seed[i] = machine.random32()
    RNG.init(seed.buffer)
    return new SecureSocket(events, peer)
  }
}

class SecureSocket implements LowerSocket, RecordSource {
  readonly guard: TlsGuard
  records: RecordSocket | undefined
  #tls: TLSSocket
  /** Bytes of the present record that were not read yet. */
  #left = 0

  constructor(events: LowerEvents, { host, certificate, unix }: TlsPeer) {
    this.guard = new TlsGuard({ fingerprint: certificate, host, unix, verifier: tlsVerifier })
    this.#tls = new TLSSocket({
      host,
      address: events.address,
      port: events.port,
      source: this,
      events,
      TCP: { io: RecordSocket },
      // What the SDK verifies of a certificate is not enough: the guard does it (docs/sdk-limits.md).
      secure: { verify: false, cache: false, tls_max_fragment_length: FRAGMENT },
      onReadable: (count) => {
        this.#left = count
        this.records?.hold()
        events.onReadable(count)
      },
      onWritable: (count) => events.onWritable(count),
      onError: () => events.onError(),
    })
  }

  read(count: number): ArrayBuffer | undefined {
    const bytes = this.#tls.read(count)
    this.#left -= count
    if (this.#left <= 0) this.records?.release()
    return bytes
  }

  write(bytes: Uint8Array, options?: object): number {
    return this.#tls.write(bytes, options)
  }

  close(): void {
    this.#tls.close()
  }
}
