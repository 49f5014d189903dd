/// <reference path="../../typings/tls.d.ts" />
import { AES, ECDHE_RSA, GCM, SHA256 } from 'ssl/constants'

/** AES-128-GCM with SHA-256 over ECDHE (RFC 5289). For the SDK the key exchange of both suites is the same. */
const COMMON = Object.freeze({
  isExportable: false,
  keyExchangeAlgorithm: ECDHE_RSA,
  cipherAlgorithm: AES,
  cipherKeySize: 16,
  cipherBlockSize: 16,
  hashAlgorithm: SHA256,
  hashSize: 32,
  encryptionMode: GCM,
  /** The nonce that is sent, and the part of it that is not. */
  ivSize: 8,
  saltSize: 4,
})

/**
 * Takes the place of the SDK's `ssl/ciphersuites`, which offers RSA key exchange with CBC first: a server that leaves the choice
 * to its clients would take that.
 */
export default Object.freeze([
  Object.freeze({ ...COMMON, value: Object.freeze([0xc0, 0x2b]) }),
  Object.freeze({ ...COMMON, value: Object.freeze([0xc0, 0x2f]) }),
])
