/// <reference path="../../typings/tls.d.ts" />
import Curve from 'curve'
import { numberOf } from 'device/numbers'
import ECPoint from 'ecp'
import { parseCertificate } from 'tls/certificate'

/** A public key as the SDK's TLS takes it. */
type SdkKey = { readonly modulus: bigint; readonly exponent: bigint } | { readonly pub: ECPoint; readonly curve: Curve }

const COORDINATE = 32

/**
 * Takes the place of the SDK's `ssl/cert`, which believes chains that nobody has signed (ssl_cert.js:160): the guard has
 * checked the chain before TLS sees it. What is left is to tell the key of the broker's certificate.
 */
export default class TlsCertificates {
  verify(): boolean {
    return true
  }

  register(): void {}

  getKey(certificate: ArrayBuffer): SdkKey {
    const parsed = parseCertificate(new Uint8Array(certificate))
    if (!parsed.ok) throw new Error(parsed.error)
    const { key } = parsed.value
    if (key.kind === 'rsa') return { modulus: numberOf(key.modulus), exponent: 65_537n }
    const x = numberOf(key.point.subarray(0, COORDINATE))
    const y = numberOf(key.point.subarray(COORDINATE))
    return { pub: new ECPoint(x, y), curve: new Curve('secp256r1') }
  }
}
