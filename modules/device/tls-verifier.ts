/// <reference path="../../typings/tls.d.ts" />
import { Digest } from 'crypt'
import PKCS1_5 from 'pkcs1_5'
import type { TlsVerifierPort } from '../ports/tls-verifier.js'
import { numberOf } from './numbers.js'
import { deviceVerifier } from './verifier.js'

/** Forgeries that the SDK's look at the padding would take need a small exponent (pkcs1_5.js); certificates with one are refused. */
const EXPONENT = 65_537n

/** The SDK's SHA-256, ECDSA and RSA. */
export const tlsVerifier: TlsVerifierPort = Object.freeze({
  digest: deviceVerifier.digest,
  verify: deviceVerifier.verify,
  verifyRsa(modulus: Uint8Array, message: Uint8Array, signature: Uint8Array) {
    const digest = new Digest('SHA256')
    digest.write(message.slice().buffer)
    try {
      const key = { modulus: numberOf(modulus), exponent: EXPONENT }
      return new PKCS1_5(key, false, []).verify(digest.close(), signature.slice().buffer)
    } catch {
      return false
    }
  },
})
