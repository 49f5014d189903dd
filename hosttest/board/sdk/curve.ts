import ECPoint from 'ecp'

/*
 * MOD/modules/crypt/etc/curve.js, of which only secp256r1 is here: a curve that it does not know leaves the object empty
 * (:71). The numbers are those of SEC 2, 2.4.2.
 */
export default class Curve {
  G: ECPoint | undefined
  ec: { readonly a: bigint; readonly b: bigint; readonly m: bigint } | undefined
  n: bigint | undefined

  constructor(name: string) {
    if (name !== 'secp256r1') return
    this.G = new ECPoint(
      0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
      0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
    )
    this.ec = {
      a: 0xffffffff00000001000000000000000000000000fffffffffffffffffffffffcn,
      b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
      m: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
    }
    this.n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
  }

  get orderSize(): number {
    return 32
  }
}
