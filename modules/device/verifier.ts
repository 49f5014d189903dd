/// <reference path="../../typings/ecdsa.d.ts" />
import { Digest } from 'crypt'
import Curve from 'curve'
import ECDSA from 'ecdsa'
import ECPoint from 'ecp'
import type { VerifierPort } from '../ports/verifier.js'
import { numberOf } from './numbers.js'

const COORDINATE = 32

/** The SDK's SHA-256 and ECDSA: what is heavy in them is native (ec.c, modular.c). */
export const deviceVerifier: VerifierPort = Object.freeze({
  digest() {
    const digest = new Digest('SHA256')
    return {
      write: (bytes: Uint8Array) => digest.write(bytes as unknown as ArrayBuffer),
      close: () => new Uint8Array(digest.close()),
    }
  },
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) {
    const curve = new Curve('secp256r1')
    const x = numberOf(publicKey.subarray(0, COORDINATE))
    const y = numberOf(publicKey.subarray(COORDINATE))
    const { a, b, m } = curve.ec
    // The SDK computes with any point, on the curve or not (ec.js).
    if (x >= m || y >= m || (y * y - (x * x * x + a * x + b)) % m !== 0n) return false
    const digest = new Digest('SHA256')
    digest.write(bufferOf(message))
    try {
      return new ECDSA(new ECPoint(x, y), curve).verify(digest.close(), bufferOf(signature))
    } catch {
      return false
    }
  },
})

/** Exactly the bytes of the view: the native side takes whole buffers. */
function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer
}
