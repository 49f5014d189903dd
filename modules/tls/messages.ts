import { failure, type Result, success } from '../codec/result.js'
import type { PublicKey } from './certificate.js'
import { scalarsOf } from './scalars.js'

const TLS_1_2 = 0x0303
/** TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 and TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 (RFC 5289). */
const SUITES: readonly number[] = Object.freeze([0xc02b, 0xc02f])
const RANDOM = 32
/** Certificates of a chain at most. */
const MOST_CERTIFICATES = 8

/** Why a ServerHello (RFC 5246, 7.4.1.3) cannot be taken. */
export function checkHello(body: Uint8Array): string | undefined {
  if (word(body, 0) !== TLS_1_2) return 'the broker speaks another version of TLS than 1.2'
  const session = body[2 + RANDOM] ?? Number.POSITIVE_INFINITY
  const at = 2 + RANDOM + 1 + session
  if (session > 32 || body.length < at + 3) return 'ServerHello is malformed'
  if (!SUITES.includes(word(body, at))) return 'the broker has chosen a cipher suite that was not offered'
  return body[at + 2] === 0 ? undefined : 'the broker has chosen a compression'
}

/** The certificates of the message Certificate (RFC 5246, 7.4.2), the broker's first. */
export function readChain(body: Uint8Array): Result<readonly Uint8Array[]> {
  const chain: Uint8Array[] = []
  let at = 3
  if (triple(body, 0) !== body.length - at) return failure('the chain of certificates is malformed')
  while (at < body.length) {
    const end = at + 3 + triple(body, at)
    if (end > body.length || chain.length === MOST_CERTIFICATES)
      return failure('the chain of certificates is malformed')
    chain.push(body.subarray(at + 3, end))
    at = end
  }
  return success(chain)
}

const NAMED_CURVE = 3
const SECP256R1 = 23
const POINT = 65
const SHA256 = 4
const RSA = 1
const ECDSA = 3
/** Curve, point and what signed them stand before the signature's length. */
const SIGNATURE = 4 + POINT + 2

/** Why a ServerKeyExchange of ECDHE (RFC 8422, 5.4) cannot be taken. Whether its signature is right is for TLS to say. */
export function checkKeyExchange(body: Uint8Array, key: PublicKey): string | undefined {
  if (body[0] !== NAMED_CURVE || word(body, 1) !== SECP256R1 || body[3] !== POINT || body[4] !== 4)
    return 'the key exchange is not on P-256'
  if (body[SIGNATURE - 2] !== SHA256 || body[SIGNATURE - 1] !== (key.kind === 'rsa' ? RSA : ECDSA))
    return 'the key exchange is not signed as the certificate says'
  const signature = body.subarray(SIGNATURE + 2)
  const isUsable = key.kind === 'rsa' ? signature.length === key.modulus.length : scalarsOf(signature) !== undefined
  return isUsable && word(body, SIGNATURE) === signature.length
    ? undefined
    : 'the signature of the key exchange is malformed'
}

/** A number of two bytes. What lies behind the end counts as 0, here and below. */
function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!
}

/** A number of three bytes. */
export function triple(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!
}
