/* The SDK has no typings for these; mcconfig takes this file because device/verifier refers to it. */

declare module 'ecp' {
  export default class ECPoint {
    constructor(x: bigint, y: bigint)
  }
}

declare module 'curve' {
  export default class Curve {
    readonly ec: { readonly a: bigint; readonly b: bigint; readonly m: bigint }
    constructor(name: 'secp256r1')
  }
}

declare module 'ecdsa' {
  import type Curve from 'curve'
  import type ECPoint from 'ecp'
  export default class ECDSA {
    constructor(key: ECPoint, curve: Curve)
    verify(digest: ArrayBuffer, signature: ArrayBuffer): boolean
  }
}
