import { toHex } from '../codec/hex.js'
import { failure, type Result, success } from '../codec/result.js'
import { decodeUtf8 } from '../codec/utf8.js'
import { DerReader, Tag } from './der.js'
import { parseTime } from './time.js'

/** A public key as a certificate has it. Others than these two kinds are refused. */
export type PublicKey =
  /** RSA with the exponent 65537: its modulus, 256 to 512 bytes. */
  | { readonly kind: 'rsa'; readonly modulus: Uint8Array }
  /** P-256: x and y of the point, 64 bytes. */
  | { readonly kind: 'ec'; readonly point: Uint8Array }

/** What this firmware needs of a certificate (RFC 5280). Bytes are views of the certificate's. */
export interface Certificate {
  /** What its issuer has signed. */
  readonly signed: Uint8Array
  readonly signatureKind: PublicKey['kind']
  readonly signature: Uint8Array
  /** Unix seconds of its first and its last moment. */
  readonly from: number
  readonly to: number
  readonly key: PublicKey
  /** Lower-case DNS names, and addresses as text, of its subjectAltName. */
  readonly names: readonly string[]
  /** How many certificates may stand between the broker's and this one; -1 where it must not vouch for any. */
  readonly mostBelow: number
  /** Whether a server may show it. */
  readonly isForServers: boolean
}

const SIGNATURES: Readonly<Record<string, PublicKey['kind']>> = Object.freeze({
  // sha256WithRSAEncryption and ecdsa-with-SHA256 (RFC 8017 appendix C, RFC 5758)
  '2a864886f70d01010b': 'rsa',
  '2a8648ce3d040302': 'ec',
})
const RSA_KEY = '2a864886f70d010101'
const EC_KEY = '2a8648ce3d0201'
const P256 = '2a8648ce3d030107'
const EXPONENT = '010001'

const BASIC_CONSTRAINTS = '551d13'
const KEY_USAGE = '551d0f'
const ALT_NAME = '551d11'
const EXTENDED_KEY_USAGE = '551d25'
/** serverAuth and anyExtendedKeyUsage */
const SERVER = '2b06010505070301'
const ANY_USE = '551d2500'
/** keyCertSign, in the first byte of the key usage. */
const CERT_SIGN = 0x04

const DNS_NAME = 0x82
const IP_ADDRESS = 0x87

/** Reads a certificate, DER. The error says what this firmware cannot use. */
export function parseCertificate(bytes: Uint8Array): Result<Certificate> {
  const outer = new DerReader(bytes)
  const certificate = outer.open(Tag.sequence)
  const body = certificate.open(Tag.sequence)
  const signed = certificate.whole
  const algorithm = toHex(certificate.open(Tag.sequence).read(Tag.oid))
  const signature = certificate.bits()
  if (body.has(0xa0)) body.any()
  body.read(Tag.integer)
  body.read(Tag.sequence)
  body.read(Tag.sequence)
  const dates = body.open(Tag.sequence)
  const from = readTime(dates)
  const to = readTime(dates)
  body.read(Tag.sequence)
  const key = readKey(body.open(Tag.sequence))
  while (!body.isAtEnd && !body.has(0xa3)) body.any()
  const extensions = body.has(0xa3) ? readExtensions(body.open(0xa3).open(Tag.sequence)) : NO_EXTENSIONS
  if (outer.broken || !outer.isAtEnd || certificate.broken || !certificate.isAtEnd || body.broken)
    return failure('a certificate is malformed')
  if (from === undefined || to === undefined) return failure('a certificate is malformed: its dates')
  if (extensions === undefined) return failure('a certificate has a critical extension that is not known here')
  if (key === undefined)
    return failure('a certificate has a key other than P-256 or RSA of 2048 to 4096 bits with the exponent 65537')
  const signatureKind = SIGNATURES[algorithm]
  if (signatureKind === undefined)
    return failure('a certificate is signed with something other than SHA-256 and RSA or ECDSA')
  return success({ signed, signatureKind, signature, from, to, key, ...extensions })
}

function readTime(reader: DerReader): number | undefined {
  const isLong = reader.has(Tag.generalizedTime)
  return parseTime(decodeUtf8(reader.read(isLong ? Tag.generalizedTime : Tag.utcTime)), isLong)
}

function readKey(reader: DerReader): PublicKey | undefined {
  const algorithm = reader.open(Tag.sequence)
  const kind = toHex(algorithm.read(Tag.oid))
  const isP256 = algorithm.has(Tag.oid) && toHex(algorithm.read(Tag.oid)) === P256
  const bytes = reader.bits()
  if (kind === EC_KEY && isP256 && bytes.length === 65 && bytes[0] === 4)
    return { kind: 'ec', point: bytes.subarray(1) }
  if (kind !== RSA_KEY) return undefined
  const numbers = new DerReader(bytes).open(Tag.sequence)
  const modulus = numbers.unsigned()
  const exponent = toHex(numbers.unsigned())
  const isUsable = modulus.length >= 256 && modulus.length <= 512 && (modulus[modulus.length - 1]! & 1) === 1
  return !numbers.broken && isUsable && exponent === EXPONENT ? { kind: 'rsa', modulus } : undefined
}

type Extensions = Pick<Certificate, 'names' | 'mostBelow' | 'isForServers'>

const NO_EXTENSIONS: Extensions = Object.freeze({ names: Object.freeze([]), mostBelow: -1, isForServers: true })

/** Undefined where one is critical and not known here, or malformed. */
function readExtensions(reader: DerReader): Extensions | undefined {
  let { names, mostBelow, isForServers } = NO_EXTENSIONS
  let maySign = true
  while (!reader.isAtEnd) {
    const extension = reader.open(Tag.sequence)
    const id = toHex(extension.read(Tag.oid))
    const isCritical = extension.has(Tag.boolean) && extension.read(Tag.boolean)[0] !== 0
    const value = new DerReader(extension.read(Tag.octetString))
    if (id === ALT_NAME) names = readNames(value.open(Tag.sequence))
    else if (id === BASIC_CONSTRAINTS) mostBelow = readMostBelow(value.open(Tag.sequence))
    else if (id === KEY_USAGE) maySign = ((value.read(Tag.bitString)[1] ?? 0) & CERT_SIGN) !== 0
    else if (id === EXTENDED_KEY_USAGE) isForServers = servesServers(value.open(Tag.sequence))
    else if (isCritical) return undefined
    if (extension.broken || value.broken) return undefined
  }
  return reader.broken ? undefined : { names, mostBelow: maySign ? mostBelow : -1, isForServers }
}

function readMostBelow(reader: DerReader): number {
  const isIssuer = reader.has(Tag.boolean) && reader.read(Tag.boolean)[0] !== 0
  if (!isIssuer) return -1
  return reader.has(Tag.integer) ? (reader.read(Tag.integer)[0] ?? 0) : Number.POSITIVE_INFINITY
}

function readNames(reader: DerReader): readonly string[] {
  const names: string[] = []
  while (!reader.isAtEnd) {
    const isName = reader.has(DNS_NAME)
    const isAddress = reader.has(IP_ADDRESS)
    const value = reader.any()
    if (isName) names.push(decodeUtf8(value).toLowerCase())
    else if (isAddress && value.length === 4) names.push([...value].join('.'))
  }
  return names
}

function servesServers(reader: DerReader): boolean {
  let isFound = false
  while (!reader.isAtEnd) {
    const use = toHex(reader.read(Tag.oid))
    if (use === SERVER || use === ANY_USE) isFound = true
  }
  return isFound
}
