/* The SDK has no typings for these, or other ones than its code is; mcconfig takes this file because the adapters refer to it. */

declare module 'embedded:io/socket/tcp/tls' {
  /** As its code is (examples/io/tcp/tlssocket/tlssocket.js): all options reach the constructor of `TCP.io`. */
  export default class TLSSocket {
    constructor(options: {
      host: string
      TCP: { io: unknown }
      secure: { verify: boolean; cache: boolean; tls_max_fragment_length: number }
      onReadable(count: number): void
      onWritable(count: number): void
      onError(): void
      [option: string]: unknown
    })
    read(count: number): ArrayBuffer | undefined
    /** The room that is left. */
    write(bytes: Uint8Array, options?: object): number
    close(): void
  }
}

declare module 'ssl/constants' {
  export const AES: number
  export const ECDHE_RSA: number
  export const GCM: number
  export const SHA256: number
}

declare module 'rng' {
  const RNG: { init(seed: ArrayBuffer): void }
  export default RNG
}

declare module 'pkcs1_5' {
  /** RSASSA-PKCS1-v1_5. */
  export default class PKCS1_5 {
    constructor(key: { modulus: bigint; exponent: bigint }, isPrivate: boolean, oid: number[])
    verify(digest: ArrayBuffer, signature: ArrayBuffer): boolean
  }
}
